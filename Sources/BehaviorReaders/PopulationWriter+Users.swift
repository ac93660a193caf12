package import Behavior
internal import Foundation

extension PopulationWriter {
  package static let usersFolder = "users"
  package static let heldOutName = "heldout.csv"

  /// Writes a catalogue and one file of events for each user, for devices that each have one user.
  ///
  /// With `holdsOut` the last item of everybody with two items or more is left out of the files and
  /// written to `heldout.csv`, so that recommendations can be measured.
  /// - Parameter directory: made when it does not exist; must hold none of the files.
  package static func writeUsers(
    of population: Population, to directory: String, holdsOut: Bool
  ) throws(ReaderError) {
    do {
      try FileManager.default.createDirectory(
        atPath: directory + "/" + usersFolder, withIntermediateDirectories: true)
    } catch {
      throw .cannotWrite(file: directory, reason: error.localizedDescription)
    }
    try PopulationWriter(population).writeCatalogue(to: directory)
    let heldOutFile = holdsOut ? try NewTextFile(path: directory + "/" + heldOutName) : nil
    try heldOutFile?.write(line(["user", "item"]))
    let catalogue = population.catalogue
    for index in 0..<population.log.userCount {
      let user = population.log.userIDs[index]
      let events = population.log.history(of: index).events
      var heldOut: Int32?
      if holdsOut, let last = events.last?.item, events.contains(where: { $0.item != last }) {
        heldOut = last
        try heldOutFile?.write(line([user, catalogue.items[Int(last)].id]))
      }
      let file = try NewTextFile(path: "\(directory)/\(usersFolder)/\(index + 1).csv")
      try file.write(line(eventsHeader))
      for event in events where event.item != heldOut {
        try file.write(line(fields(of: event, user: user, catalogue)))
      }
      try file.close()
    }
    try heldOutFile?.close()
  }
}
