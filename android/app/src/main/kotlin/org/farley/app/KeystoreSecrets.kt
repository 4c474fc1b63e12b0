package org.farley.app

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import org.farley.core.FarleyException
import org.farley.core.SecretStore
import java.io.File
import java.io.FileOutputStream
import java.io.IOException
import java.security.GeneralSecurityException
import java.security.KeyStore
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/**
 * The two secrets of this device, wrapped by a key that never leaves the Keystore (AES-GCM, StrongBox if there is one).
 *
 * The wrapped bytes lie in files that no backup takes along: a restored phone has ciphertext without a key, says so
 * (`Secret { gone }`) and can be enrolled again. "Never saved" and "cannot be read" are different answers: the second
 * one must never lead to new keys over an old database.
 */
class KeystoreSecrets(
    private val folder: File,
) : SecretStore {
    override suspend fun load(name: String): ByteArray? =
        guarded {
            val file = File(folder, name)
            if (!file.exists()) return@guarded null
            val bytes = file.readBytes()
            if (bytes.size <= IV_BYTES) throw FarleyException.Secret("unusable")
            val key = key() ?: throw FarleyException.Secret("gone")
            val cipher = Cipher.getInstance(TRANSFORMATION)
            cipher.init(Cipher.DECRYPT_MODE, key, GCMParameterSpec(TAG_BITS, bytes, 0, IV_BYTES))
            cipher.updateAAD(name.toByteArray())
            cipher.doFinal(bytes, IV_BYTES, bytes.size - IV_BYTES)
        }

    override suspend fun save(
        name: String,
        bytes: ByteArray,
    ) = guarded {
        val cipher = Cipher.getInstance(TRANSFORMATION)
        cipher.init(Cipher.ENCRYPT_MODE, key() ?: makeKey())
        // The name is part of what is sealed: one secret cannot be put in another's place.
        cipher.updateAAD(name.toByteArray())
        val sealed = cipher.iv + cipher.doFinal(bytes)
        folder.mkdirs()
        val new = File(folder, "$name.new")
        FileOutputStream(new).use {
            it.write(sealed)
            it.fd.sync()
        }
        if (!new.renameTo(File(folder, name))) throw FarleyException.Secret("rename")
    }

    override suspend fun forget(name: String) =
        guarded {
            File(folder, name).delete()
            Unit
        }

    private fun key(): SecretKey? = KeyStore.getInstance(STORE).apply { load(null) }.getKey(ALIAS, null) as? SecretKey

    private fun makeKey(): SecretKey {
        val generator = KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, STORE)
        val spec =
            KeyGenParameterSpec
                .Builder(ALIAS, KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT)
                .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
                .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
                .setKeySize(KEY_BITS)
        return try {
            generator.init(if (android.os.Build.VERSION.SDK_INT >= STRONG_BOX_SDK) spec.setIsStrongBoxBacked(true).build() else spec.build())
            generator.generateKey()
        } catch (none: GeneralSecurityException) {
            ordinary(generator, spec)
        } catch (none: java.security.ProviderException) {
            // StrongBoxUnavailableException is one of these: the ordinary Keystore then.
            ordinary(generator, spec)
        }
    }

    private fun ordinary(
        generator: KeyGenerator,
        spec: KeyGenParameterSpec.Builder,
    ): SecretKey {
        generator.init((if (android.os.Build.VERSION.SDK_INT >= STRONG_BOX_SDK) spec.setIsStrongBoxBacked(false) else spec).build())
        return generator.generateKey()
    }

    private suspend fun <T> guarded(block: () -> T): T =
        withContext(Dispatchers.IO) {
            try {
                block()
            } catch (error: GeneralSecurityException) {
                throw FarleyException.Secret(error.javaClass.simpleName)
            } catch (error: java.security.ProviderException) {
                throw FarleyException.Secret(error.javaClass.simpleName)
            } catch (error: IOException) {
                throw FarleyException.Secret(error.javaClass.simpleName)
            }
        }

    private companion object {
        const val STORE = "AndroidKeyStore"
        const val ALIAS = "farley"
        const val TRANSFORMATION = "AES/GCM/NoPadding"
        const val KEY_BITS = 256
        const val TAG_BITS = 128
        const val IV_BYTES = 12
        const val STRONG_BOX_SDK = 28
    }
}
