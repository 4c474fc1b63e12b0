import FarleyBindings
import Foundation

#if canImport(Security)
  import Security
#endif

/// The two keys of this device, in the keychain of this device only, readable after the first unlock.
final class KeychainSecrets: SecretStore {
  #if canImport(Security)
    private func query(_ name: String) -> [CFString: Any] {
      [kSecClass: kSecClassGenericPassword, kSecAttrService: "org.farley.device", kSecAttrAccount: name]
    }

    func load(name: String) async throws -> Data? {
      var found: CFTypeRef?
      let all = query(name).merging([kSecReturnData: true, kSecMatchLimit: kSecMatchLimitOne]) { $1 }
      switch SecItemCopyMatching(all as CFDictionary, &found) {
      case errSecSuccess: return found as? Data
      case errSecItemNotFound: return nil
      // Never "nothing" here: the core would make a new key and the data would be lost.
      case errSecInteractionNotAllowed: throw FarleyError.Secret(reason: "locked")
      case let status: throw FarleyError.Secret(reason: "keychain \(status)")
      }
    }

    func save(name: String, bytes: Data) async throws {
      let kept: [CFString: Any] = [
        kSecValueData: bytes, kSecAttrAccessible: kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly,
      ]
      var status = SecItemUpdate(query(name) as CFDictionary, kept as CFDictionary)
      if status == errSecItemNotFound {
        status = SecItemAdd(query(name).merging(kept) { $1 } as CFDictionary, nil)
      }
      guard status == errSecSuccess else { throw FarleyError.Secret(reason: "keychain \(status)") }
    }

    func forget(name: String) async throws {
      let status = SecItemDelete(query(name) as CFDictionary)
      guard status == errSecSuccess || status == errSecItemNotFound else {
        throw FarleyError.Secret(reason: "keychain \(status)")
      }
    }
  #else
    // Without a keychain there is no safe place: nothing is kept, and enrolment says so.
    func load(name: String) async throws -> Data? { throw FarleyError.Secret(reason: "no keychain") }
    func save(name: String, bytes: Data) async throws { throw FarleyError.Secret(reason: "no keychain") }
    func forget(name: String) async throws { throw FarleyError.Secret(reason: "no keychain") }
  #endif
}
