using System.Runtime;

namespace Isthmus.Host.Bench;

/// <summary>
/// Runs what will be measured until the runtime has done compiling it: methods that are called often are compiled a second time, in the
/// background, and until then both they and their compilation cost more than they will.
/// </summary>
internal static class Warming
{
    /// <summary>Compiled in one round at most when it is done; a few go on for long.</summary>
    private const int Few = 20;

    /// <summary>The runtime waits a tenth of a second without new methods before it compiles any again.</summary>
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);

    /// <param name="run">Runs it for so long; false when there is nothing left to run.</param>
    public static async Task RunAsync(Func<TimeSpan, Task<bool>> run, TimeSpan most)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        long before;
        do
        {
            before = JitInfo.GetCompiledMethodCount();
            if (!await run(Round))
            {
                return;
            }
        }
        while (JitInfo.GetCompiledMethodCount() - before > Few && clock.Elapsed < most);
    }
}
