extension Scenario {
  /// The sequence encoder and how it is trained across devices.
  package struct Encoder: Sendable, Equatable {
    package enum Shape: String, Sendable, CaseIterable {
      /// Each event by itself, then what has happened before it in three ways.
      case events, mean, recurrent, transformer
      /// No sequence: whether a user likes an item, from a vector of each and one hidden layer. The user's
      /// vector stays on the device.
      case preference
    }

    /// Where the vectors of items come from.
    package enum Items: String, Sendable, CaseIterable {
      /// Each item has one of its own: many parameters.
      case own
      /// Projections of the released item basis and of public content: few parameters.
      case projected
      case both
    }

    /// How a user's states become scores of items.
    package enum Readout: String, Sendable, CaseIterable {
      /// The product of the newest state with the item's vector.
      case state
      /// That of the one of several interests that speaks most for the item.
      case interests
      /// That of all states, weighted by attention that the item asks for (DIN).
      case attention
      /// That of a recurrence which such attention drives (DIEN).
      case evolution
    }

    /// How the state is joined with what content and item basis say of the events so far.
    package enum Fusion: String, Sendable, CaseIterable {
      /// Not at all: views of an item are added up where it is an event.
      case none
      /// By weights that depend on the user, by one weight for each view, by a layer over all of them.
      case gated, weighted, stacked
    }

    /// What training asks of the scores.
    package enum Loss: String, Sendable, CaseIterable {
      /// That the next item's is the greatest: cross entropy among all items or the negatives.
      case softmax
      /// That it is above each negative's (BPR).
      case pairwise
      /// That it says yes, and the negatives' no.
      case logistic
    }

    /// How the coordinator turns the sum of changes into a step.
    package enum Algorithm: String, Sendable, CaseIterable {
      /// Their mean.
      case fedAvg = "fed-avg"
      /// Their mean, while devices are held to the model they were given.
      case fedProx = "fed-prox"
      /// The mean as the gradient of SGD with momentum.
      case fedAvgM = "fed-avgm"
      /// The mean as the gradient of Adam.
      case fedAdam = "fed-adam"
      /// Their mean with a rate that falls to zero: a start from which few steps lead far.
      case reptile
    }

    /// What it is trained on before any device trains it.
    package enum Pretraining: String, Sendable, CaseIterable {
      case none
      /// Histories of nobody, drawn from released popularity and item basis: they cost nothing more.
      case synthesized
      /// Public people.
      ///
      /// Items are the same that have the same title.
      case movielens1m = "movielens-1m"

      /// Whether the people exist, and nothing released is needed.
      package var isPublic: Bool { self == .movielens1m }
    }

    /// Which parameters devices train together.
    package enum Trained: String, Sendable, CaseIterable {
      case all
      /// Gain and shift of the last normalization, two numbers for each column: what a small budget can
      /// still move of an encoder that was trained before.
      case output
      /// Corrections of low rank to the matrices of blocks and recurrence.
      case adapters
    }

    /// What a device trains on its own history for its user alone, `personalEpochs` times, before it ranks.
    package enum Personal: String, Sendable, CaseIterable {
      /// What devices train together, once more.
      case trained
      /// Gain and shift of the last normalization, which devices may train together, too.
      case output
      /// Those are the device's own: never sent, nor trained together, but made from its history before
      /// each round, too (federated reconstruction).
      case reconstructed
    }

    package var shape: Shape
    package var readout: Readout
    /// Interests of the readout of that name.
    package var interests: Int
    package var fusion: Fusion
    /// Width of the vectors of event kinds and time gaps; 0 for neither.
    package var context: Int
    package var items: Items
    package var width: Int
    package var blocks: Int
    package var heads: Int
    /// Width between the two layers of a feed-forward, or of the hidden layer, that of attention included.
    package var inner: Int
    /// Events that are looked at.
    package var length: Int
    package var algorithm: Algorithm
    package var rounds: Int
    /// Devices per round; `nil` is all of them in every round.
    package var cohort: Int?
    package var localEpochs: Int
    /// Windows of `length` events in one step on the device.
    package var batch: Int
    package var loss: Loss
    package var learningRate: Double
    package var serverRate: Double
    package var momentum: Double
    /// Strength of the pull of `fed-prox` towards the model that the device was given.
    package var proximal: Double
    package var clipNorm: Double
    /// Items that a device compares its own with; `nil` is the whole catalogue.
    package var negatives: Int?
    package var dropout: Double
    package var personal: Personal
    /// Epochs on the own history before ranking, on the device and for nobody else.
    package var personalEpochs: Int
    package var pretraining: Pretraining
    package var pretrainingEpochs: Int
    /// Weight of telling public people apart (InfoNCE) beside foretelling their events.
    package var contrast: Double
    package var trained: Trained
    package var adapterRank: Int
    /// Whether it is trained again without the order of events, and without each view of items, to show
    /// what they are worth; those runs stand in its place and are not charged beside it.
    package var ablations: Bool
    /// Whether all of it is run with the other mechanism, too, central or distributed, at each epsilon.
    package var bothMechanisms: Bool
  }
  /// The encoder where it reads sequences.
  package var sequenceEncoder: Encoder? {
    encoder.flatMap { $0.shape == .preference ? nil : $0 }
  }
}
