using System.Diagnostics;

namespace Isthmus.Host.Bench;

/// <summary>Holds the whole process, garbage collection included, on one core while it lives.</summary>
internal sealed class PinnedProcess : IDisposable
{
    private readonly Process process = Process.GetCurrentProcess();
    private readonly nint? before;

    private PinnedProcess()
    {
        if (OperatingSystem.IsLinux() || OperatingSystem.IsWindows())
        {
            before = process.ProcessorAffinity;
            process.ProcessorAffinity = LastOf(before.Value);
        }
    }

    public static PinnedProcess Pin() => new();

    public void Dispose()
    {
        if (before is { } all && (OperatingSystem.IsLinux() || OperatingSystem.IsWindows()))
        {
            process.ProcessorAffinity = all;
        }

        process.Dispose();
    }

    /// <summary>The highest core allowed: the lowest serves most interrupts.</summary>
    private static nint LastOf(nint cores) => (nint)(1UL << System.Numerics.BitOperations.Log2((ulong)cores));
}
