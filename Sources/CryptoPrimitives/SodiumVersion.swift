internal import CSodium

/// The libsodium that is linked.
package enum SodiumVersion {
  /// Its version as the library states it.
  package static var current: String { unsafe String(cString: sodium_version_string()) }
}
