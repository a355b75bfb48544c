using Isthmus.Store.Embedded;
using Isthmus.Testing;

namespace Isthmus.Store.Tests.Embedded;

/// <summary>What killed processes leave behind, and what is left alone.</summary>
public sealed class AbandonedSocketsTests
{
    private static readonly int Gone = int.MaxValue;

    private readonly string parent = Scratch.NewFolder("sockets").FullName;

    [Fact]
    public void Old_folders_without_a_server_go_and_all_others_stay()
    {
        Make("isthmus-000000000001", old: true, process: null);
        Make("isthmus-000000000002", old: true, process: Gone);
        Make("isthmus-000000000003", old: false, process: null);
        Make("isthmus-000000000004", old: true, process: Environment.ProcessId);
        Make("isthmus-of-somebody", old: true, process: null);
        Make("other-000000000001", old: true, process: null);

        AbandonedSockets.Remove(parent, TimeProvider.System);

        Assert.Equal(
            ["isthmus-000000000003", "isthmus-000000000004", "isthmus-of-somebody", "other-000000000001"],
            Directory.EnumerateDirectories(parent).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Of_test_processes_the_folders_go_that_nobody_holds()
    {
        Make(Scratch.FolderName + "killed", old: false, process: null);
        File.WriteAllText(Path.Combine(parent, Scratch.FolderName + "killed", Scratch.LockName), "");
        Make(Scratch.FolderName + "alive", old: true, process: null);
        using var held = new FileStream(Path.Combine(parent, Scratch.FolderName + "alive", Scratch.LockName), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        Make(Scratch.FolderName + "starting", old: false, process: null);

        Scratch.Sweep(parent);

        Assert.Equal(
            [Scratch.FolderName + "alive", Scratch.FolderName + "starting"],
            Directory.EnumerateDirectories(parent).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal));
    }

    private void Make(string name, bool old, int? process)
    {
        var folder = Directory.CreateDirectory(Path.Combine(parent, name)).FullName;
        if (process is { } id)
        {
            File.WriteAllText(Path.Combine(folder, ".s.PGSQL.5432.lock"), $"{id}\n/data\n");
        }

        if (old)
        {
            Directory.SetLastWriteTimeUtc(folder, TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-1));
        }
    }
}
