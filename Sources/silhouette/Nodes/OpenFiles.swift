#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// How many files and connections the process may have open.
enum OpenFiles {
  /// What a node needs beside its connections: store, log, certificate, and room.
  static let own = 256
  private static let most: rlim_t = 16_384
  /// What systems give when they do not say.
  private static let usual = 1_024

  /// Raises the process's own limit as far as the system lets it.
  ///
  /// - Returns: the limit that holds now.
  static func raiseLimit() -> Int {
    var limit = rlimit()
    #if canImport(Glibc)
      let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
      let resource = RLIMIT_NOFILE
    #endif
    guard unsafe getrlimit(resource, &limit) == 0 else { return usual }
    if limit.rlim_cur < most {
      var raised = limit
      raised.rlim_cur = min(most, limit.rlim_max)
      if unsafe setrlimit(resource, &raised) == 0 { limit = raised }
    }
    return Int(clamping: limit.rlim_cur)
  }
}
