namespace Isthmus.Rules.Tests;

internal static class Faults
{
    /// <summary>Fails with every fault on a line of its own, so that all can be mended in one go.</summary>
    public static void AreNone(IEnumerable<string?> faults)
    {
        var all = faults.ToArray();
        Assert.True(all.Length == 0, string.Join('\n', all));
    }
}
