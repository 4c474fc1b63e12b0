package org.farley.app

import android.security.keystore.KeyGenParameterSpec
import java.io.InputStream
import java.io.OutputStream
import java.security.Key
import java.security.KeyStoreException
import java.security.KeyStoreSpi
import java.security.Provider
import java.security.SecureRandom
import java.security.Security
import java.security.cert.Certificate
import java.security.spec.AlgorithmParameterSpec
import java.util.Collections
import java.util.Date
import java.util.Enumeration
import javax.crypto.KeyGenerator
import javax.crypto.KeyGeneratorSpi
import javax.crypto.SecretKey

/** Stands in for the Keystore, which Robolectric does not have: AES keys in memory, made as `KeyGenParameterSpec` says. */
class FakeAndroidKeyStore : Provider("AndroidKeyStore", "1.0", "test") {
    init {
        put("KeyStore.AndroidKeyStore", Store::class.java.name)
        put("KeyGenerator.AES", Generator::class.java.name)
    }

    class Generator : KeyGeneratorSpi() {
        private lateinit var spec: KeyGenParameterSpec

        override fun engineInit(random: SecureRandom?) = throw UnsupportedOperationException()

        override fun engineInit(
            size: Int,
            random: SecureRandom?,
        ) = throw UnsupportedOperationException()

        override fun engineInit(
            parameters: AlgorithmParameterSpec,
            random: SecureRandom?,
        ) {
            spec = parameters as KeyGenParameterSpec
            require(spec.blockModes.contentEquals(arrayOf("GCM")))
        }

        override fun engineGenerateKey(): SecretKey =
            KeyGenerator
                .getInstance("AES", "SunJCE")
                .apply { init(spec.keySize) }
                .generateKey()
                .also { keys[spec.keystoreAlias] = it }
    }

    class Store : KeyStoreSpi() {
        override fun engineGetKey(
            alias: String,
            password: CharArray?,
        ): Key? = keys[alias]

        override fun engineContainsAlias(alias: String) = keys.containsKey(alias)

        override fun engineDeleteEntry(alias: String) {
            keys.remove(alias)
        }

        override fun engineAliases(): Enumeration<String> = Collections.enumeration(keys.keys)

        override fun engineSize() = keys.size

        override fun engineIsKeyEntry(alias: String) = keys.containsKey(alias)

        override fun engineIsCertificateEntry(alias: String) = false

        override fun engineLoad(
            stream: InputStream?,
            password: CharArray?,
        ) = Unit

        override fun engineStore(
            stream: OutputStream?,
            password: CharArray?,
        ) = Unit

        override fun engineGetCertificate(alias: String): Certificate? = null

        override fun engineGetCertificateChain(alias: String): Array<Certificate>? = null

        override fun engineGetCertificateAlias(certificate: Certificate?): String? = null

        override fun engineGetCreationDate(alias: String) = Date()

        override fun engineSetKeyEntry(
            alias: String,
            key: Key,
            password: CharArray?,
            chain: Array<out Certificate>?,
        ) {
            keys[alias] = key
        }

        override fun engineSetKeyEntry(
            alias: String,
            key: ByteArray?,
            chain: Array<out Certificate>?,
        ) = throw KeyStoreException()

        override fun engineSetCertificateEntry(
            alias: String,
            certificate: Certificate?,
        ) = throw KeyStoreException()
    }

    companion object {
        val keys: MutableMap<String, Key> = Collections.synchronizedMap(HashMap())

        fun install() {
            Security.removeProvider("AndroidKeyStore")
            keys.clear()
            Security.addProvider(FakeAndroidKeyStore())
        }
    }
}
