package org.farley.model

import org.farley.core.ChoiceInfo
import org.farley.core.FieldInfo
import org.farley.core.KindInfo
import org.farley.core.LabelData
import org.farley.core.SchemaData

/** Kinds, fields and lists of this company, by name. Nothing here is known to the app beforehand. */
class Schema(
    val data: SchemaData,
) {
    private val kinds = data.kinds.associateBy { it.name }
    private val lists = data.lists.associate { list -> list.name to list.choices }

    fun kind(name: String): KindInfo? = kinds[name]

    fun field(
        kind: String,
        path: String,
    ): FieldInfo? {
        val parts = path.split('/')
        val field = kinds[kind]?.fields?.firstOrNull { it.name == parts[0] } ?: return null
        // "phones/<entry id>/number" is the field number of phones.
        val sub = parts.getOrNull(2) ?: return field
        return field.sub.firstOrNull { it.name == sub } ?: field
    }

    fun choices(list: String?): List<ChoiceInfo> = list?.let { lists[it] }.orEmpty()

    fun choice(
        list: String?,
        key: String,
    ): ChoiceInfo? = choices(list).firstOrNull { it.key == key }

    fun section(name: String): LabelData = choice("section", name)?.label ?: LabelData(name, name)
}

/** The label in the language of the person. */
fun LabelData.inLanguage(language: Language): String = if (language == Language.DE) de else en

/** The two languages of the apps. */
enum class Language(
    val code: String,
) {
    DE("de"),
    EN("en"),
    ;

    companion object {
        fun of(code: String): Language = if (code.startsWith("de", ignoreCase = true)) DE else EN
    }
}
