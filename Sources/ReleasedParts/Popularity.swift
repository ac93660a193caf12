/// How much the population interacts with each item, as released by the task `statistics`.
package struct Popularity: Sendable, Equatable {
  /// One positive number per item of the catalogue.
  ///
  /// A device contributes 1/sqrt(n) for each of its n items, so these are sums of such weights plus
  /// noise, floored at half the noise's standard deviation. Shape: [items].
  package let values: [Float]

  package init(values: [Float]) { self.values = values }
}
