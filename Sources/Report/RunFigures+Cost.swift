extension RunFigures {
  /// What one device spends on one task.
  package struct DeviceCostFigures: Codable, Sendable {
    package var task: String
    package var uploads: Int
    /// Over all uploads.
    package var uploadBytes: Int
    package var downloadBytes: Int

    package init(
      task: String, uploads: Int, uploadBytes: Int, downloadBytes: Int
    ) {
      self.task = task
      self.uploads = uploads
      self.uploadBytes = uploadBytes
      self.downloadBytes = downloadBytes
    }
  }

  /// Measured on the machine that ran the simulation.
  package struct TimingFigures: Codable, Sendable {
    /// ISO 8601.
    package var startedAt: String
    package var wallSeconds: Double
    package var cpuSeconds: Double
    package var peakMemoryBytes: Int
    package var threads: Int
    package var phases: [PhaseTiming]
    package var deviceCPUMilliseconds: [DeviceCPU]

    package init(
      startedAt: String, wallSeconds: Double, cpuSeconds: Double, peakMemoryBytes: Int,
      threads: Int, phases: [PhaseTiming], deviceCPUMilliseconds: [DeviceCPU]
    ) {
      self.startedAt = startedAt
      self.wallSeconds = wallSeconds
      self.cpuSeconds = cpuSeconds
      self.peakMemoryBytes = peakMemoryBytes
      self.threads = threads
      self.phases = phases
      self.deviceCPUMilliseconds = deviceCPUMilliseconds
    }
  }

  /// Wall time of one phase.
  package struct PhaseTiming: Codable, Sendable {
    package var phase: String
    package var seconds: Double

    package init(
      phase: String, seconds: Double
    ) {
      self.phase = phase
      self.seconds = seconds
    }
  }

  /// Mean CPU time of a device in one task, all rounds.
  package struct DeviceCPU: Codable, Sendable {
    package var task: String
    package var milliseconds: Double

    package init(
      task: String, milliseconds: Double
    ) {
      self.task = task
      self.milliseconds = milliseconds
    }
  }
}
