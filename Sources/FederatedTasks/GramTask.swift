package import NumericalMethods
package import PrivacyMechanisms
package import ReleasedParts

/// The task `gram`, coordinator's half: noisy second moments become the shared item basis.
///
/// A device's vector is the upper triangle of r r', row by row, off-diagonal entries times sqrt(2);
/// r is its centered unit history, so the norm is 1. Shape: [M (M + 1) / 2].
package enum GramTask {
  package static let clipNorm = 1.0

  package static func dimension(coordinates: Int) -> Int { coordinates * (coordinates + 1) / 2 }

  /// How far above the noise edge an eigenvalue has to stand.
  private static let edgeMargin = 1.02

  /// The eigenvalue at which an eigenvector counts half, as a part of that of a direction which is
  /// everybody's whole history.
  ///
  /// From 0.002 to 0.004 serve MovieLens 100K and 1M alike, on validation items.
  private static let ridge = 1.0 / 400

  /// Keeps the eigenvectors that stand above the noise, each as long as it is worth.
  ///
  /// Noise is not all that makes an eigenvector useless: without any, the weak ones show what single
  /// items and single people did. With all of them V V' would be the identity, which recommends nothing.
  /// So V V' is the ridge regression of histories on histories, G (G + c I)^-1, which takes l / (l + c)
  /// of a direction.
  ///
  /// **Formula**: noise of standard deviation s per coordinate is a Wigner matrix with edge
  /// 2 s sqrt(M / 2); an eigenvalue l above it is shrunk to sqrt(l^2 - edge^2). At least one
  /// eigenvector v is kept; its column of V is v sqrt(l / (l + c)) with c = n / 400, n contributors.
  /// - Source: Benaych-Georges, Nadakuditi 2011, "The eigenvalues and eigenvectors of finite, low
  ///   rank perturbations of large random matrices", section 3.1.
  package static func basis(
    from release: Release, coordinates: Int, maxRank: Int
  ) throws(NumericalError) -> ItemBasis {
    let order = coordinates
    let eigen = try SymmetricEigen.largest(
      symmetricMatrix(release.values, order: order), order: order, count: min(maxRank, order))
    let edge =
      2 * (Double(order) / 2).squareRoot() * release.noiseStandardDeviation
    let above = eigen.values.prefix { $0 > edge * edgeMargin + 1e-9 }.count
    let rank = max(above, 1)
    var vectors: [Float] = []
    vectors.reserveCapacity(order * rank)
    let columns = eigen.values.count
    let floor = Double(release.contributors) * ridge
    let lengths = eigen.values.prefix(rank).map {
      Float((max($0, 0) / max($0 + floor, 1e-9)).squareRoot())
    }
    for row in 0..<order {
      for column in 0..<rank {
        vectors.append(eigen.vectors[row * columns + column] * lengths[column])
      }
    }
    return ItemBasis(
      coordinateCount: order, rank: rank, vectors: vectors,
      eigenvalues: eigen.values.prefix(rank).map {
        Float(max($0 * $0 - edge * edge, 1e-6).squareRoot())
      },
      noiseEdge: Float(edge))
  }

  /// Undoes the packing of the upper triangle into a full matrix, [order, order].
  private static func symmetricMatrix(_ triangle: [Float], order: Int) -> [Double] {
    var matrix = [Double](repeating: 0, count: order * order)
    var next = 0
    for row in 0..<order {
      matrix[row * order + row] = Double(triangle[next])
      next += 1
      for column in (row + 1)..<max(order, row + 1) {
        let value = Double(triangle[next]) * 0.5.squareRoot()
        matrix[row * order + column] = value
        matrix[column * order + row] = value
        next += 1
      }
    }
    return matrix
  }
}
