package org.farley.app

import android.content.Context
import org.farley.model.Language
import org.farley.model.PreferenceStore
import org.farley.model.Preferences

/** What a person set on this phone; nothing secret, nothing of customers. */
class PhonePreferences(
    context: Context,
) : PreferenceStore {
    private val store = context.getSharedPreferences("preferences", Context.MODE_PRIVATE)

    override fun load(): Preferences =
        Preferences(
            language = store.getString(LANGUAGE, null)?.let { code -> Language.values().firstOrNull { it.code == code } },
            lock = store.getBoolean(LOCK, false),
            keepPhotoPlace = store.getBoolean(PHOTO_PLACE, false),
        )

    override fun save(preferences: Preferences) =
        store
            .edit()
            .putString(LANGUAGE, preferences.language?.code)
            .putBoolean(LOCK, preferences.lock)
            .putBoolean(PHOTO_PLACE, preferences.keepPhotoPlace)
            .apply()

    private companion object {
        const val LANGUAGE = "language"
        const val LOCK = "lock"
        const val PHOTO_PLACE = "photo_place"
    }
}
