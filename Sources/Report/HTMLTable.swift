/// A table that scrolls sideways by itself when the page is narrow.
package struct HTMLTable: Sendable {
  /// How a column is set.
  package enum Column: Sendable {
    case text(String)
    /// Right-aligned, digits of equal width.
    case number(String)

    fileprivate var title: String {
      switch self {
      case .text(let title), .number(let title): title
      }
    }

    fileprivate var className: Markup {
      switch self {
      case .text: ""
      case .number: " class=\"n\""
      }
    }
  }

  /// One row; an emphasized one is the row to look at first.
  package struct Row: Sendable {
    package var cells: [Markup]
    package var isEmphasized: Bool

    package init(_ cells: [Markup], isEmphasized: Bool = false) {
      self.cells = cells
      self.isEmphasized = isEmphasized
    }
  }

  package var caption: String
  package var columns: [Column]
  package var rows: [Row]
  /// True where cells hold sentences: on a phone each row becomes a list, cell below cell.
  package var isProse: Bool

  package init(caption: String, columns: [Column], rows: [Row], isProse: Bool = false) {
    self.caption = caption
    self.columns = columns
    self.rows = rows
    self.isProse = isProse
  }

  package func render() -> Markup {
    let head = columns.map { column -> Markup in
      "<th scope=\"col\"\(column.className)>\(column.title)</th>"
    }
    let body = rows.map { row -> Markup in
      let cells = zip(columns, row.cells).map { column, cell -> Markup in
        guard isProse else { return "<td\(column.className)>\(cell)</td>" }
        let blank: Markup = cell == "\(FigureText.missing)" ? " class=\"blank\"" : ""
        return "<td\(blank) data-title=\"\(column.title)\">\(cell)</td>"
      }
      return
        "<tr\(row.isEmphasized ? Markup(" class=\"strong\"") : "")>\(Markup(joining: cells))</tr>\n"
    }
    return """
      <p class="caption">\(caption)</p><div class="\(isProse ? "prose" : "scroll")" \
      tabindex="0" role="region" aria-label="\(caption)"><table><thead><tr>\(Markup(joining: head))</tr></thead>
      <tbody>\(Markup(joining: body))</tbody></table></div>

      """
  }
}
