using System.Diagnostics;

namespace Isthmus.Host.Bench;

/// <summary>Holds the whole process, garbage collection included, on one core while it lives.</summary>
internal sealed class PinnedProcess : IDisposable
{
    private readonly Process _process = Process.GetCurrentProcess();
    private readonly nint? _before;

    private PinnedProcess()
    {
        if (OperatingSystem.IsLinux() || OperatingSystem.IsWindows())
        {
            _before = _process.ProcessorAffinity;
            _process.ProcessorAffinity = LastOf(_before.Value);
        }
    }

    public static PinnedProcess Pin() => new();

    public void Dispose()
    {
        if (_before is { } all && (OperatingSystem.IsLinux() || OperatingSystem.IsWindows()))
        {
            _process.ProcessorAffinity = all;
        }

        _process.Dispose();
    }

    /// <summary>The highest core allowed: the lowest serves most interrupts.</summary>
    private static nint LastOf(nint cores) => (nint)(1UL << System.Numerics.BitOperations.Log2((ulong)cores));
}
