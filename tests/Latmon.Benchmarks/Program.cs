using BenchmarkDotNet.Running;
using Latmon.Benchmarks;

if (args is ["--quick"])
{
    QuickRun.PrintAll();
    return;
}

_ = BenchmarkSwitcher.FromAssembly(typeof(PipelineBenchmarks).Assembly).Run(args);
