package org.farley.model

import org.farley.core.FarleyException

/** What a person can do about it. */
enum class Remedy { FIX_INPUT, RETRY, RELOAD, FREE_SPACE, UPDATE, ENROL_AGAIN, ASK_OFFICE, NONE }

/** One case per thing that can be said to a person. The words are in `Words`. */
enum class Problem(
    val remedy: Remedy,
) {
    INVALID(Remedy.FIX_INPUT),
    NOT_FOUND(Remedy.RELOAD),
    NOT_ENROLLED(Remedy.ENROL_AGAIN),
    SECRET(Remedy.ENROL_AGAIN),
    WRONG_KEY(Remedy.ENROL_AGAIN),
    CORRUPT(Remedy.ASK_OFFICE),
    NEWER_DATABASE(Remedy.UPDATE),
    DISK_FULL(Remedy.FREE_SPACE),
    READ_ONLY(Remedy.NONE),
    IN_USE(Remedy.RETRY),
    REFUSED(Remedy.ASK_OFFICE),
    UNREACHABLE(Remedy.RETRY),
    NOTHING_TO_UNDO(Remedy.NONE),
    INTERNAL(Remedy.RETRY),
}

/** A failed call, as the screens show it. [code] is stable and short, for the phone call with the office. */
data class UserMessage(
    val problem: Problem,
    val field: String? = null,
    val code: String? = null,
) {
    val remedy: Remedy get() = problem.remedy

    companion object {
        /** `null` for what the person cancelled: they know. */
        fun of(error: FarleyException): UserMessage? =
            when (error) {
                is FarleyException.Cancelled -> null
                is FarleyException.Invalid -> UserMessage(Problem.INVALID, error.field, error.reason)
                is FarleyException.NotFound -> UserMessage(Problem.NOT_FOUND)
                is FarleyException.NotEnrolled -> UserMessage(Problem.NOT_ENROLLED)
                is FarleyException.Secret -> UserMessage(Problem.SECRET, code = error.reason)
                is FarleyException.WrongKey -> UserMessage(Problem.WRONG_KEY)
                is FarleyException.Corrupt -> UserMessage(Problem.CORRUPT, code = error.reason)
                is FarleyException.NewerDatabase -> UserMessage(Problem.NEWER_DATABASE)
                is FarleyException.DiskFull -> UserMessage(Problem.DISK_FULL)
                is FarleyException.ReadOnly -> UserMessage(Problem.READ_ONLY, code = error.reason)
                is FarleyException.InUse -> UserMessage(Problem.IN_USE)
                is FarleyException.Refused -> UserMessage(Problem.REFUSED, code = error.reason)
                is FarleyException.Unreachable -> UserMessage(Problem.UNREACHABLE, code = error.reason)
                is FarleyException.NothingToUndo -> UserMessage(Problem.NOTHING_TO_UNDO)
                is FarleyException.Internal -> UserMessage(Problem.INTERNAL, code = error.reason)
            }
    }
}
