package org.farley.model

import org.farley.core.FieldType
import org.farley.core.TroubleCode

/** What happened, what is safe, what to do: in the words of the person. */
fun UserMessage.text(words: Words): String =
    when (problem) {
        Problem.INVALID -> words.errorInvalid
        Problem.NOT_FOUND -> words.errorNotFound
        Problem.NOT_ENROLLED -> words.errorNotEnrolled
        Problem.SECRET -> words.errorSecret
        Problem.WRONG_KEY -> words.errorWrongKey
        Problem.CORRUPT -> words.errorCorrupt
        Problem.NEWER_DATABASE -> words.errorNewerDatabase
        Problem.DISK_FULL -> words.errorDiskFull
        Problem.READ_ONLY -> words.errorReadOnly
        Problem.IN_USE -> words.errorInUse
        Problem.REFUSED -> refused(words)
        Problem.UNREACHABLE -> words.errorUnreachable
        Problem.NOTHING_TO_UNDO -> words.errorNothingToUndo
        Problem.INTERNAL -> words.errorInternal
    }

private fun UserMessage.refused(words: Words): String =
    when (code) {
        "unknown" -> words.refusedUnknown
        "expired" -> words.refusedExpired
        "used" -> words.refusedUsed
        "withdrawn" -> words.refusedWithdrawn
        "too_many_tries" -> words.refusedTooManyTries
        "too_many_devices" -> words.refusedTooManyDevices
        "try_later" -> words.refusedTryLater
        "exists" -> words.refusedExists
        "update" -> words.refusedUpdate
        "wrong_server" -> words.troubleWrongServer
        "revoked" -> words.troubleRevoked
        else -> words.refusedOther
    }

/** What is wrong with a link from a QR code, a message or the keyboard. */
fun linkErrorText(
    words: Words,
    code: String,
): String =
    when (code) {
        "newer_version" -> words.linkErrorNewerVersion
        "truncated" -> words.linkErrorTruncated
        "wrong_character" -> words.linkErrorWrongCharacter
        "trailing" -> words.linkErrorTrailing
        "damaged" -> words.linkErrorDamaged
        "no_address" -> words.linkErrorNoAddress
        else -> words.linkErrorNotALink
    }

/** What a field of this type takes, beside what was typed into it. */
fun valueErrorText(
    words: Words,
    type: FieldType,
    code: String,
): String =
    when {
        code == "too_large" || code == "too_long" -> words.valueTooLong
        type == FieldType.DATE -> words.valueDate
        type == FieldType.DECIMAL -> words.valueNumber
        type == FieldType.INTEGER -> words.valueInteger
        type == FieldType.MONEY -> words.valueMoney
        type == FieldType.EMAIL -> words.valueEmail
        type == FieldType.URL -> words.valueUrl
        type == FieldType.DURATION -> words.valueDuration
        type == FieldType.PERIOD -> words.valuePeriod
        type == FieldType.GEO -> words.valueGeo
        type == FieldType.RULE -> words.valueRule
        type == FieldType.CHOICE || type == FieldType.MULTI_CHOICE -> words.valueChoice
        else -> words.valueOther
    }

fun TroubleCode.text(words: Words): String =
    when (this) {
        TroubleCode.UNREACHABLE -> words.troubleUnreachable
        TroubleCode.UDP_BLOCKED -> words.troubleUdpBlocked
        TroubleCode.WRONG_SERVER -> words.troubleWrongServer
        TroubleCode.NOT_ENROLLED -> words.troubleNotEnrolled
        TroubleCode.REVOKED -> words.troubleRevoked
        TroubleCode.WIPE -> words.troubleWipe
        TroubleCode.DRAIN -> words.troubleDrain
        TroubleCode.CLONED -> words.troubleCloned
        TroubleCode.COPIED -> words.troubleCopied
        TroubleCode.NEWER_SERVER -> words.troubleNewerServer
        TroubleCode.BUSY -> words.troubleUnreachable
        TroubleCode.STORAGE -> words.errorDiskFull
    }

/** Out of reach is no trouble: the page says since when. These are what a person has to do something about. */
val TroubleCode.needsPerson: Boolean get() = this != TroubleCode.UNREACHABLE && this != TroubleCode.UDP_BLOCKED && this != TroubleCode.BUSY

fun UndoOffer.text(
    words: Words,
    formats: Formats,
): String {
    val name = title.ifEmpty { words.commonUntitled }
    return when (what) {
        Done.TICKED -> words.todayTicked(name)
        Done.MOVED -> words.todayMoved(name, day?.let(formats::shortDay).orEmpty())
        Done.SETTLED -> words.conflictSettled
        Done.REMOVED -> words.recordTrashed(name)
        Done.RESTORED -> words.recordRestored(name)
    }
}
