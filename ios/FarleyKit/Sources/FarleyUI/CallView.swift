import FarleyKit
import SwiftUI

/// After a call: log, result, save. Three taps.
struct CallView: View {
  @Bindable var call: CallModel

  var body: some View {
    NavigationStack {
      Form {
        if call.logging {
          CallResult(call: call)
          Section {
            TextField(LocalizedStringKey(.callWords), text: $call.words, axis: .vertical)
          }
        } else {
          Section {
            Text(.callOffer(call.who)).font(.title3)
            Button(.callLog, systemImage: "phone.badge.checkmark") { call.logTapped() }
              .buttonStyle(.borderedProminent)
              .controlSize(.large)
          } footer: {
            Text(.callOfferHint)
          }
        }
      }
      .toolbar {
        ToolbarItem(placement: .cancellationAction) {
          Button(.callNotNow) { Task { await call.notNowTapped() } }
        }
        ToolbarItem(placement: .confirmationAction) {
          Button(.commonSave) { Task { await call.saveTapped() } }
            .disabled(call.result == nil || call.busy)
        }
      }
    }
    .interactiveDismissDisabled()
  }
}

struct CallResult: View {
  let call: CallModel

  var body: some View {
    Section {
      ForEach(CallModel.Result.allCases, id: \.self) { result in
        Button {
          call.resultTapped(result)
        } label: {
          HStack {
            Text(result.title)
            Spacer()
            if call.result == result { Image(systemName: "checkmark") }
          }
          .frame(minHeight: touchTarget)
        }
        .accessibilityAddTraits(call.result == result ? .isSelected : [])
      }
    }
  }
}
