namespace Isthmus.Fhir.Schema;

/// <summary>
/// One element of a type under its JSON name. A choice <c>value[x]</c> appears once per type, as <c>valueQuantity</c> and so on.
/// </summary>
/// <param name="Name">The JSON property name.</param>
/// <param name="Type">The FHIR type, or the path of the backbone element.</param>
/// <param name="Repeats">Whether JSON writes an array.</param>
/// <param name="Required">Whether the base definition demands at least one.</param>
/// <param name="Choice">The stem of the choice (<c>value</c>), or null.</param>
/// <param name="Targets">For a Reference: the resource types it may point at; empty is any.</param>
public sealed record FhirElementDefinition(string Name, string Type, bool Repeats, bool Required, string? Choice, IReadOnlyList<string> Targets)
{
    internal static IEnumerable<FhirElementDefinition> Parse(ReadOnlySpan<char> line)
    {
        var space = line.IndexOf(' ');
        var name = line[..space];
        var required = name[^1] == '!';
        name = required ? name[..^1] : name;
        var repeats = name[^1] == '*';
        name = repeats ? name[..^1] : name;
        var types = line[(space + 1)..].ToString().Split('|');
        if (!name.EndsWith("[x]"))
        {
            return [Of(name.ToString(), types[0], null)];
        }

        var stem = name[..^3].ToString();
        return types.Select(type => Of($"{stem}{char.ToUpperInvariant(type[0])}{WithoutTargets(type)[1..]}", type, stem)).ToList();

        FhirElementDefinition Of(string jsonName, string type, string? choice) =>
            new(jsonName, WithoutTargets(type), repeats, required, choice, TargetsOf(type));
    }

    private static string WithoutTargets(string type) => type.IndexOf('(') is var at and >= 0 ? type[..at] : type;

    private static string[] TargetsOf(string type) =>
        type.IndexOf('(') is var at and >= 0 ? type[(at + 1)..^1].Split(',') : [];
}
