package org.farley.app

import android.content.ContentProvider
import android.content.ContentValues
import android.content.Context
import android.database.Cursor
import android.database.MatrixCursor
import android.net.Uri
import android.os.ParcelFileDescriptor
import android.provider.OpenableColumns
import java.io.File
import java.io.FileNotFoundException

/**
 * Hands single files to apps the person chose: reports, contact cards, photos. Not exported; every file needs its own grant.
 *
 * Only what lies in the folder `shared` of the cache can be had, however the address is spelled.
 */
class AttachmentProvider : ContentProvider() {
    override fun onCreate(): Boolean = true

    override fun openFile(
        uri: Uri,
        mode: String,
    ): ParcelFileDescriptor {
        if (mode != "r") throw FileNotFoundException("only for reading")
        return ParcelFileDescriptor.open(file(uri), ParcelFileDescriptor.MODE_READ_ONLY)
    }

    override fun query(
        uri: Uri,
        projection: Array<out String>?,
        selection: String?,
        arguments: Array<out String>?,
        order: String?,
    ): Cursor {
        val file = file(uri)
        val columns = projection?.takeIf { it.isNotEmpty() } ?: arrayOf(OpenableColumns.DISPLAY_NAME, OpenableColumns.SIZE)
        val cursor = MatrixCursor(columns, 1)
        cursor.addRow(
            columns.map {
                when (it) {
                    OpenableColumns.DISPLAY_NAME -> file.name
                    OpenableColumns.SIZE -> file.length()
                    else -> null
                }
            },
        )
        return cursor
    }

    override fun getType(uri: Uri): String =
        when (uri.lastPathSegment.orEmpty().substringAfterLast('.', "")) {
            "vcf" -> "text/vcard"
            "txt" -> "text/plain"
            "jpg", "jpeg" -> "image/jpeg"
            "pdf" -> "application/pdf"
            else -> "application/octet-stream"
        }

    override fun insert(
        uri: Uri,
        values: ContentValues?,
    ): Uri? = null

    override fun delete(
        uri: Uri,
        selection: String?,
        arguments: Array<out String>?,
    ): Int = 0

    override fun update(
        uri: Uri,
        values: ContentValues?,
        selection: String?,
        arguments: Array<out String>?,
    ): Int = 0

    private fun file(uri: Uri): File {
        val context = checkNotNull(context)
        val name = uri.pathSegments.singleOrNull() ?: throw FileNotFoundException("no such file")
        val folder = shared(context).canonicalFile
        val file = File(folder, name).canonicalFile
        // Canonical on both sides: "..", links and encoded slashes all end here.
        if (file.parentFile != folder || !file.isFile) throw FileNotFoundException("no such file")
        return file
    }

    companion object {
        private const val AUTHORITY = ".files"

        /** Where a file is written before it is shared. */
        fun shared(context: Context): File = File(context.cacheDir, "shared").apply { mkdirs() }

        /** `null` for a file that does not lie in [shared]. */
        fun uriOf(
            context: Context,
            file: File,
        ): Uri? {
            if (file.canonicalFile.parentFile != shared(context).canonicalFile) return null
            return Uri
                .Builder()
                .scheme("content")
                .authority(context.packageName + AUTHORITY)
                .appendPath(file.name)
                .build()
        }
    }
}
