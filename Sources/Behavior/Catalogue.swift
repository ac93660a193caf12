/// The list of what can be interacted with.
///
/// Items are addressed by their dense index.
package struct Catalogue: Sendable {
  /// One item as its publisher describes it.
  ///
  /// Everything but the identifier may be missing.
  package struct Item: Sendable, Equatable {
    package var id: String
    package var title: String
    /// Indices into `Catalogue.categoryNames`, ascending.
    package var categories: [Int32]
    package var text: String?
    /// Price in the catalogue's own currency; `nil` when unknown.
    package var price: Float?
    package var creator: String?
    /// When the item was published, seconds since 1970; `nil` when unknown.
    package var publishedAt: Int64?

    package init(
      id: String, title: String, categories: [Int32] = [], text: String? = nil,
      price: Float? = nil, creator: String? = nil, publishedAt: Int64? = nil
    ) {
      self.id = id
      self.title = title
      self.categories = categories
      self.text = text
      self.price = price
      self.creator = creator
      self.publishedAt = publishedAt
    }
  }

  package let items: [Item]
  package let categoryNames: [String]
  /// Whether the list was known before anybody's behavior.
  ///
  /// A list that was read from the behavior itself shows what people took, by its length already:
  /// no guarantee covers that.
  package let isPublic: Bool
  private let indexByID: [String: Int32]

  /// Builds a catalogue.
  ///
  /// Of two items with one identifier the first wins: cleaning reports the other.
  package init(items: [Item], categoryNames: [String], isPublic: Bool = true) {
    self.items = items
    self.categoryNames = categoryNames
    self.isPublic = isPublic
    self.indexByID = Dictionary(
      items.enumerated().map { ($1.id, Int32($0)) }, uniquingKeysWith: { first, _ in first })
  }

  package var count: Int { items.count }

  /// The dense index of the item with this identifier, or `nil` when the catalogue lacks it.
  package func index(of id: String) -> Int32? { indexByID[id] }
}
