using Xunit.Abstractions;
using Xunit.Sdk;

namespace Isthmus.Testing;

/// <summary>
/// Which rows of the list of hostile inputs (<c>hostile/cases.csv</c> of the conformance data) a test tries, with the result they ask for.
/// A rule holds the list against all of these; <c>dotnet test --filter hostile=A24</c> runs the tests of one row.
/// </summary>
[TraitDiscoverer("Isthmus.Testing.HostileRowDiscoverer", "Isthmus.Testing")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class HostileRowAttribute(params string[] ids) : Attribute, ITraitAttribute
{
    public IReadOnlyList<string> Ids { get; } = ids;
}

/// <summary>Gives the test runner the rows as traits.</summary>
public sealed class HostileRowDiscoverer : ITraitDiscoverer
{
    public IEnumerable<KeyValuePair<string, string>> GetTraits(IAttributeInfo traitAttribute)
    {
        ArgumentNullException.ThrowIfNull(traitAttribute);
        return traitAttribute.GetNamedArgument<IReadOnlyList<string>>(nameof(HostileRowAttribute.Ids)).Select(id => KeyValuePair.Create("hostile", id));
    }
}
