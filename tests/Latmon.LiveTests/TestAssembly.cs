// These tests measure time on a machine with few cores: two at once would measure each other.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
