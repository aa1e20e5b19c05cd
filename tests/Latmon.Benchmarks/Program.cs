using BenchmarkDotNet.Running;
using Latmon.Benchmarks;

if (args is ["--quick"])
{
    new QuickRun().Print();
    return;
}

_ = BenchmarkSwitcher.FromAssembly(typeof(PipelineBenchmarks).Assembly).Run(args);
