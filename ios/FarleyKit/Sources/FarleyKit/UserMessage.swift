import FarleyBindings

/// What went wrong, in words, and the one thing that helps.
public struct UserMessage: Hashable, Sendable {
  public enum Remedy: Hashable, Sendable {
    /// The input is to be corrected; `field` names where.
    case fixInput
    /// The same again may work.
    case retry
    /// What is shown is out of date.
    case reload
    /// This device must be connected anew.
    case enrol
    /// Nothing to be done here.
    case none
  }

  public let text: Phrase
  public let remedy: Remedy
  /// The field that was refused; nil if it was no field.
  public let field: String?

  init(_ text: Phrase, _ remedy: Remedy = .none, field: String? = nil) {
    self.text = text
    self.remedy = remedy
    self.field = field
  }

  /// Nothing for what a person cancelled.
  public init?(_ error: any Error) {
    if error is CancellationError { return nil }
    guard let error = error as? FarleyError else {
      self.init(.errorInternal, .retry)
      return
    }
    switch error {
    case .Cancelled: return nil
    case .Invalid(let field, let reason): self = .invalid(field, reason)
    case .NotFound: self.init(.errorNotFound, .reload)
    case .NotEnrolled: self.init(.errorNotEnrolled, .enrol)
    case .Secret: self.init(.errorSecret, .retry)
    case .WrongKey: self.init(.errorWrongKey)
    case .Corrupt: self.init(.errorCorrupt)
    case .NewerDatabase: self.init(.errorNewerDatabase)
    case .DiskFull: self.init(.errorDiskFull, .retry)
    case .ReadOnly: self.init(.errorInternal, .retry)
    case .InUse: self.init(.errorInUse, .retry)
    case .Refused(let reason): self = .refused(reason)
    case .Unreachable: self.init(.errorUnreachable, .retry)
    case .NothingToUndo: self.init(.errorNothingToUndo)
    case .Internal: self.init(.errorInternal, .retry)
    }
  }

  private static func invalid(_ field: String, _ reason: String) -> UserMessage {
    if field == "link" { return UserMessage(link(reason), .fixInput, field: field) }
    if field == "file" { return UserMessage(file(reason), .none) }
    switch reason {
    case "empty": return UserMessage(.errorNothingChanged)
    case "no_conflict": return UserMessage(.conflictSettledElsewhere, .reload)
    case "unknown_heads": return UserMessage(.errorNotFound, .reload)
    case "read_only": return UserMessage(.errorReadOnly, .none, field: field)
    case "too_large": return UserMessage(.valueTooLong, .fixInput, field: field)
    case "already_enrolled": return UserMessage(.refusedExists)
    default: return UserMessage(.errorInvalid, .fixInput, field: field.isEmpty ? nil : field)
    }
  }

  private static func link(_ reason: String) -> Phrase {
    switch reason {
    case "newer_version": .linkErrorNewerVersion
    case "truncated": .linkErrorTruncated
    case "wrong_character": .linkErrorWrongCharacter
    case "trailing": .linkErrorTrailing
    case "damaged": .linkErrorDamaged
    case "no_address": .linkErrorNoAddress
    default: .linkErrorNotALink
    }
  }

  private static func file(_ reason: String) -> Phrase {
    switch reason {
    case "empty": .errorFileEmpty
    case "too_large": .errorFileTooLarge
    case "unknown_format": .importNothing
    default: .errorFileUnreadable
    }
  }

  private static func refused(_ reason: String) -> UserMessage {
    switch reason {
    case "expired": UserMessage(.refusedExpired, .enrol)
    case "used": UserMessage(.refusedUsed, .enrol)
    case "withdrawn": UserMessage(.refusedWithdrawn, .enrol)
    case "unknown": UserMessage(.refusedUnknown, .enrol)
    case "too_many_tries": UserMessage(.refusedTryLater, .retry)
    case "too_many_devices": UserMessage(.refusedTooManyDevices)
    case "exists", "device_exists": UserMessage(.refusedExists)
    case "busy": UserMessage(.troubleBusy, .retry)
    case "no_answer": UserMessage(.errorUnreachable, .retry)
    case "wrong_server": UserMessage(.troubleWrongServer)
    case "newer_server": UserMessage(.refusedUpdate)
    case "storage": UserMessage(.errorDiskFull, .retry)
    case "revoked": UserMessage(.troubleRevoked)
    case "wipe": UserMessage(.troubleWipe)
    case "drain": UserMessage(.troubleDrain)
    case "cloned": UserMessage(.troubleCloned)
    case "copied": UserMessage(.troubleCopied)
    case "not_enrolled": UserMessage(.troubleNotEnrolled, .enrol)
    default: UserMessage(.refusedOther)
    }
  }
}

extension TroubleCode {
  /// In words a technician understands.
  public var phrase: Phrase {
    switch self {
    case .unreachable: .troubleUnreachable
    case .udpBlocked: .troubleUdpBlocked
    case .wrongServer: .troubleWrongServer
    case .newerServer: .troubleNewerServer
    case .busy: .troubleBusy
    case .storage: .troubleStorage
    case .notEnrolled: .troubleNotEnrolled
    case .revoked: .troubleRevoked
    case .wipe: .troubleWipe
    case .drain: .troubleDrain
    case .cloned: .troubleCloned
    case .copied: .troubleCopied
    }
  }
}
