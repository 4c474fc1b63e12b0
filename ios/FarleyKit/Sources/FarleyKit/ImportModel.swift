import FarleyBindings
import Foundation
import Observation

/// A vCard or CSV file that was shared into the app: first what it would do, then, if wanted, the doing and its undoing.
@MainActor @Observable public final class ImportModel: Identifiable {
  public enum Stage: Hashable, Sendable { case reading, preview, running, done }

  public private(set) var stage: Stage = .reading
  public private(set) var preview: ImportPreview?
  /// Rows done so far, of all.
  public private(set) var progress: (done: Int, total: Int)?
  public private(set) var wasCancelled = false
  public private(set) var message: UserMessage?

  @ObservationIgnored private let session: Session
  @ObservationIgnored private let file: URL
  /// What a CSV row becomes; a card says itself what it is.
  @ObservationIgnored private let kind = "contact"
  @ObservationIgnored private let handle = CancelHandle()
  @ObservationIgnored private var batch: ImportBatch?

  init(_ session: Session, file: URL) {
    self.session = session
    self.file = file
  }

  public var canRun: Bool { stage == .preview && (preview.map { $0.created + $0.updated > 0 } ?? false) }
  public var canUndo: Bool { stage == .done && batch != nil }

  public func load() async {
    guard stage == .reading else { return }
    do {
      preview = try await session.workspace.previewImport(
        path: file.path(percentEncoded: false), kind: kind, cancel: handle)
      stage = .preview
      if preview?.rows == 0 { message = UserMessage(.importNothing) }
    } catch {
      message = UserMessage(error)
      stage = .preview
    }
  }

  // MARK: What a person does

  public func runTapped() async {
    guard canRun else { return }
    stage = .running
    let (steps, told) = AsyncStream.makeStream(of: (Int, Int).self, bufferingPolicy: .bufferingNewest(1))
    let watch = Task { [weak self] in
      for await step in steps { self?.progress = step }
    }
    defer { watch.cancel() }
    do {
      let done = try await session.workspace.importFile(
        path: file.path(percentEncoded: false), kind: kind, cancel: handle, observer: ImportProgress(told))
      let summary = try done.summary()
      (batch, preview, wasCancelled, stage) = (done, summary.done, summary.cancelled, .done)
      session.platform.haptics.done()
    } catch {
      message = UserMessage(error)
      stage = .preview
    }
  }

  /// What was written until then stays, and can be taken back.
  public func cancelTapped() { handle.cancel() }

  public func undoTapped() async {
    guard let batch else { return }
    do {
      _ = try await session.workspace.undoImport(batch: batch)
      session.importing = nil
      session.tell(.importUndone)
    } catch {
      message = UserMessage(error)
    }
  }

  public func closeTapped() {
    handle.cancel()
    session.importing = nil
  }
}

/// Called by Rust; only passes on.
private final class ImportProgress: ProgressObserver, Sendable {
  private let steps: AsyncStream<(Int, Int)>.Continuation

  init(_ steps: AsyncStream<(Int, Int)>.Continuation) { self.steps = steps }

  func progress(done: UInt64, total: UInt64) { steps.yield((Int(clamping: done), Int(clamping: total))) }
}
