using System.Reflection;
using Isthmus.Testing;

namespace Isthmus.Inbound.Tests.Door;

/// <summary>The hostile list's rows on HTTP, transport and load: each is the trait of the tests that try it.</summary>
public sealed class HostileRows
{
    public const string Name = "hostile";

    [ConformanceFact("hostile")]
    public void Every_row_on_HTTP_is_tried_here()
    {
        var tried = typeof(HostileRows).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetCustomAttributesData())
            .Where(data => data.AttributeType == typeof(TraitAttribute) && (string)data.ConstructorArguments[0].Value! == Name)
            .Select(data => (string)data.ConstructorArguments[1].Value!)
            .ToHashSet(StringComparer.Ordinal);
        var asked = File.ReadLines(Conformance.PathOf("hostile", "cases.csv"))
            .Select(line => line.Split(',')[0])
            .Where(id => id.StartsWith('C') || string.CompareOrdinal(id, "D01") >= 0 && string.CompareOrdinal(id, "D08") <= 0)
            .ToArray();

        Assert.NotEmpty(asked);
        Assert.Empty(asked.Except(tried));
    }
}
