import Testing

/// Tests whose child processes are served by this one, one at a time: waiting for a child holds a thread
/// of Swift's pool, and on two cores two of them would leave none to serve it.
@Suite(.serialized, .timeLimit(.minutes(20))) enum CrashTests {}
