#if canImport(CBLAS)
  internal import CBLAS
#endif

/// The linear algebra library that is linked.
package enum LinearAlgebraVersion {
  /// Its name and how it was built, as the library states it.
  package static var current: String {
    #if canImport(CBLAS)
      return unsafe String(cString: openblas_get_config())
    #else
      return "Accelerate"
    #endif
  }
}
