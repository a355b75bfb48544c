using System.Reflection;
using Isthmus.Api.Tests.Running;
using Isthmus.Testing;

namespace Isthmus.Api.Tests.OAuth;

public sealed class ShallCoverage
{
    [ConformanceFact("smart")]
    public void Every_SHALL_of_the_standard_has_a_test_that_names_it()
    {
        var listed = File.ReadLines(Conformance.PathOf("smart", "server-shall.csv")).Skip(1)
            .Select(line => line.Split(',')[0]).Where(id => id.Length > 0 && id.All(char.IsAsciiDigit)).Select(int.Parse).Order().ToList();
        var tested = typeof(ShallCoverage).Assembly.GetTypes().SelectMany(t => t.GetMethods())
            .SelectMany(m => m.GetCustomAttribute<ShallAttribute>()?.Ids ?? []).Distinct().Order().ToList();

        Assert.Equal(46, listed.Count);
        Assert.Equal(listed, tested);
    }
}
