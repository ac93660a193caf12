internal import CSodium

/// The one place that starts libsodium.
enum Sodium {
  /// True once the library is ready; every entry point of this module asks for it first.
  ///
  /// A library without a working entropy source must not be used, so failure ends the process.
  static let isReady: Bool = {
    precondition(sodium_init() >= 0, "libsodium could not start: no source of entropy")
    return true
  }()

  /// Stops on a return code that the library documents as impossible for these arguments.
  static func check(_ code: Int32, _ call: StaticString) {
    precondition(code == 0, "\(call) failed with code \(code)")
  }
}
