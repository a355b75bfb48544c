using System.Collections.Concurrent;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Validation.Shapes;

/// <summary>
/// Profiles by canonical URL, each compiled when it is first met and then shared. What is not known stays unknown without
/// being remembered: names come from instances, and a table of them could be made to grow.
/// </summary>
internal sealed class ProfileShapes(DefinitionSet definitions, TypeShapes types)
{
    private readonly ConcurrentDictionary<string, ProfileShape> profiles = new(StringComparer.Ordinal);
    private readonly Utf8Table<ProfileShape> byText = new();

    public TypeShapes Types => types;

    /// <summary>The profile of that URL, with or without version; null if the definitions have none.</summary>
    public ProfileShape? Find(string canonical)
    {
        if (profiles.TryGetValue(canonical, out var found))
        {
            return found;
        }

        return Compile(definitions.FindStructure(canonical)) is { } shape ? profiles.GetOrAdd(canonical, shape) : null;
    }

    /// <summary>The same by the text of an instance, without making a string of what is known.</summary>
    public ProfileShape? Find(ReadOnlySpan<byte> canonical)
    {
        if (byText.Find(canonical) is { } found)
        {
            return found;
        }

        return Find(System.Text.Encoding.UTF8.GetString(canonical)) is { } shape ? byText.Add(canonical, shape) : null;
    }

    private ProfileShape? Compile(FhirElement structure)
    {
        if (!structure.Exists || structure["type"u8].AsString() is not { } type || !TypeShapes.IsKnown(TypeUse.NameOf(type)) || SnapshotNode.Of(structure) is not { } root)
        {
            return null;
        }

        var isType = structure["derivation"u8].AsString() != "constraint";
        return new ProfileShape(structure["url"u8].AsString() ?? "", TypeUse.NameOf(type), root)
        {
            Compile = () => isType ? null : new ProfileCompiler(this).Compile(root),
            Contexts = ContextsOf(structure),
            IsModifier = root.Definition["isModifier"u8].AsBoolean() == true,
        };
    }

    private static ExtensionContext[] ContextsOf(FhirElement structure)
    {
        var found = new List<ExtensionContext>();
        foreach (var context in structure["context"u8])
        {
            var kind = context["type"u8].AsString() switch
            {
                "extension" => ExtensionContextKind.Extension,
                "fhirpath" => ExtensionContextKind.Fhirpath,
                _ => ExtensionContextKind.Element,
            };
            found.Add(new ExtensionContext(kind, context["expression"u8].AsString() ?? ""));
        }

        return [.. found];
    }
}
