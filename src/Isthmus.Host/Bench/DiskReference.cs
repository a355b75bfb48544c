using System.Diagnostics;

namespace Isthmus.Host.Bench;

/// <summary>The machine's own limit for durable writes: appends of one group, each flushed to the disk.</summary>
internal static class DiskReference
{
    private const int Rounds = 400;

    /// <summary>Groups of <paramref name="groupBytes"/> that can be made durable per second, one after the other.</summary>
    public static double FlushesPerSecond(string folder, int groupBytes)
    {
        var path = Path.Combine(folder, $"isthmus-bench-{Guid.NewGuid():N}");
        try
        {
            using var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, PreallocationSize = (long)groupBytes * Rounds,
            });
            var group = new byte[groupBytes];
            var clock = Stopwatch.StartNew();
            for (var i = 0; i < Rounds; i++)
            {
                file.Write(group);
                file.Flush(flushToDisk: true);
            }

            return Rounds / clock.Elapsed.TotalSeconds;
        }
        finally
        {
            File.Delete(path);
        }
    }
}
