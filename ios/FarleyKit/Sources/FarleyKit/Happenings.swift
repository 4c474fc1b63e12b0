import FarleyBindings

/// What the core tells: on a thread of its own, hence through a stream.
public enum Happening: Sendable {
  case changed(ChangeNotice)
  case status(StatusData)
}

/// Called by Rust; only passes on.
private final class Listener: Observer, Sendable {
  private let stream: AsyncStream<Happening>.Continuation

  init(_ stream: AsyncStream<Happening>.Continuation) { self.stream = stream }

  func changed(notice: ChangeNotice) { stream.yield(.changed(notice)) }
  func status(status: StatusData) { stream.yield(.status(status)) }
}

extension Workspace {
  /// Everything from now on, until the stream is let go. The core sends at most ten a second.
  public func happenings() throws -> AsyncStream<Happening> {
    let (stream, continuation) = AsyncStream.makeStream(of: Happening.self, bufferingPolicy: .bufferingNewest(64))
    let subscription = try observe(observer: Listener(continuation))
    continuation.onTermination = { _ in subscription.close() }
    return stream
  }

  /// Cancelling the Swift task stops the sync in Rust, too: by itself it would not.
  public func syncOnce(limitMs: UInt64) async throws -> SyncSummary {
    let handle = CancelHandle()
    return try await withTaskCancellationHandler {
      try await syncOnce(limitMs: limitMs, cancel: handle)
    } onCancel: {
      handle.cancel()
    }
  }

  /// The same for enrolment.
  public static func enrol(
    folder: String, link: String, deviceName: String, app: String, secrets: any SecretStore
  ) async throws -> Workspace {
    let handle = CancelHandle()
    return try await withTaskCancellationHandler {
      try await enrol(
        folder: folder, link: link, deviceName: deviceName, platform: "ios", app: app, secrets: secrets, cancel: handle)
    } onCancel: {
      handle.cancel()
    }
  }
}
