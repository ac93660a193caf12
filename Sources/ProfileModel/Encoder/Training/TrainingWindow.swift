/// A stretch of one user's sequence to train on: each event but the first is a target.
package struct TrainingWindow: Sendable, Equatable {
  /// Index into the list of sequences.
  package let user: Int32
  /// Events of the window, at least 2: inputs are all but the last, targets all but the first.
  package let events: Range<Int>

  package init(user: Int32, events: Range<Int>) {
    self.user = user
    self.events = events
  }

  /// How many events the window asks to predict.
  package var targetCount: Int { events.count - 1 }

  /// Cuts a sequence into windows from its end, so that each event but the first is a target once.
  ///
  /// - Parameters:
  ///   - length: inputs of one window, at most.
  ///   - newest: inputs of the newest window, at most `length`. Drawing it anew for each epoch shows
  ///     the same targets after histories of different lengths.
  ///   - most: windows, of which the newest are kept.
  package static func windows(
    user: Int32, eventCount: Int, length: Int, newest: Int? = nil, most: Int = .max
  ) -> [TrainingWindow] {
    var windows: [TrainingWindow] = []
    var end = eventCount
    var inputs = max(1, min(newest ?? length, length))
    while end >= 2, windows.count < most {
      windows.append(TrainingWindow(user: user, events: max(0, end - inputs - 1)..<end))
      end -= inputs
      inputs = length
    }
    return windows
  }
}
