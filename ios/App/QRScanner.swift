import SwiftUI

#if canImport(VisionKit) && os(iOS)
  import VisionKit

  /// The camera, looking for the office's code. Where it may not look, the link can be pasted.
  struct QRScanner: UIViewControllerRepresentable {
    let found: @MainActor (String) -> Void

    func makeUIViewController(context: Context) -> DataScannerViewController {
      let scanner = DataScannerViewController(
        recognizedDataTypes: [.barcode(symbologies: [.qr])], isHighlightingEnabled: true)
      scanner.delegate = context.coordinator
      // An old device or a refused camera: the frame stays empty, the link can be pasted.
      if DataScannerViewController.isSupported, DataScannerViewController.isAvailable { try? scanner.startScanning() }
      return scanner
    }

    func updateUIViewController(_ scanner: DataScannerViewController, context: Context) {}

    func makeCoordinator() -> Coordinator { Coordinator(found) }

    @MainActor final class Coordinator: NSObject, DataScannerViewControllerDelegate {
      private let found: @MainActor (String) -> Void
      init(_ found: @escaping @MainActor (String) -> Void) { self.found = found }

      func dataScanner(_ scanner: DataScannerViewController, didAdd added: [RecognizedItem], allItems: [RecognizedItem])
      {
        for case .barcode(let code) in added {
          if let text = code.payloadStringValue { found(text) }
        }
      }
    }
  }
#else
  /// No camera here.
  struct QRScanner: View {
    let found: @MainActor (String) -> Void
    var body: some View { EmptyView() }
  }
#endif
