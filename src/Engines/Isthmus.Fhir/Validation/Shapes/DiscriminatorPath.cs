using System.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;

namespace Isthmus.Fhir.Validation.Shapes;

/// <summary>Where a discriminator's path ends in a slice's definition, and the steps by which an instance follows it.</summary>
/// <param name="Definition">The definition at the end.</param>
/// <param name="Steps">The steps.</param>
/// <param name="Resolved">The path ends in <c>resolve()</c>: meant is what the reference at <paramref name="Definition"/> leads to.</param>
/// <param name="ExtensionUrl">The URL by which an extension slice is told where its profile is not known; absent otherwise.</param>
internal sealed record DiscriminatorEnd(SnapshotNode Definition, PathStep[] Steps, bool Resolved, FhirElement? ExtensionUrl);

/// <summary>Follows a discriminator's path: names, <c>$this</c>, <c>extension('url')</c>, <c>ofType(X)</c> and <c>resolve()</c>.</summary>
internal static class DiscriminatorPath
{
    /// <summary>Where the path leads; null where the definitions do not say.</summary>
    public static DiscriminatorEnd? Follow(ProfileShapes profiles, SnapshotNode slice, string path)
    {
        var at = slice;
        var steps = new List<PathStep>();
        var resolved = false;
        foreach (var step in Split(path))
        {
            if (resolved)
            {
                // What the reference leads to is defined by the profile of its target.
                at = at.Types.SelectMany(type => type.Targets).Select(target => profiles.Find(target)?.Snapshot).FirstOrDefault(found => found is not null);
                resolved = false;
            }

            switch (step)
            {
                case "$this":
                    break;
                case "resolve()":
                    steps.Add(new PathStep(PathStepKind.Resolve));
                    resolved = true;
                    break;
                case var call when Argument(call, "ofType(") is { } type:
                    steps.Add(new PathStep(PathStepKind.OfType) { Text = Encoding.UTF8.GetBytes(type) });
                    at = at?.Slices.Find(candidate => Array.Exists(candidate.Types, use => use.Code == type)) ?? at;
                    break;
                case var call when Argument(call, "extension(") is { } url:
                    steps.Add(new PathStep(PathStepKind.Extension) { Text = Encoding.UTF8.GetBytes(url) });
                    at = Child(profiles, at, "extension")?.Slices.Find(candidate => Array.Exists(candidate.Types, use => use.Profiles.Contains(url))) ?? profiles.Find(url)?.Snapshot;
                    break;
                default:
                    if (step == "url" && Url(profiles, at) is { } known)
                    {
                        return new DiscriminatorEnd(at!, [.. steps, StepTo("url", "uri")], Resolved: false, known);
                    }

                    at = Child(profiles, at, step);
                    if (at is not null)
                    {
                        steps.Add(StepTo(at));
                    }

                    break;
            }

            if (at is null)
            {
                return null;
            }
        }

        return new DiscriminatorEnd(at, [.. steps], resolved, null);
    }

    /// <summary>The step to a child by its definition; a choice by the names of the types it has there.</summary>
    public static PathStep StepTo(SnapshotNode child)
    {
        if (child.Name.EndsWith("[x]", StringComparison.Ordinal))
        {
            var named = child.Types.Select(type => (Name: ElementShape.PropertyName(child.Name, type.Code), type.Code)).Where(one => one.Name >= 0).ToArray();
            return new PathStep(PathStepKind.Child) { Names = [.. named.Select(one => one.Name)], TypeOfName = [.. named.Select(one => one.Code)] };
        }

        return StepTo(child.Name, child.Types.Length > 0 ? child.Types[0].Code : "Element");
    }

    private static PathStep StepTo(string name, string type) => new(PathStepKind.Child) { Names = [FhirNames.IdOf(name)], TypeOfName = [type] };

    /// <summary>A child in the slice's own definition, or in its types' profiles, or in the type.</summary>
    private static SnapshotNode? Child(ProfileShapes profiles, SnapshotNode? node, string name)
    {
        if (node is null)
        {
            return null;
        }

        if (node.Children.Count > 0)
        {
            return Among(node, name);
        }

        if (node.Definition["contentReference"u8].AsString() is { } reference)
        {
            return node.At(reference[(reference.IndexOf('#', StringComparison.Ordinal) + 1)..]) is { } content ? Among(content, name) : null;
        }

        foreach (var type in node.Types)
        {
            foreach (var profile in type.Profiles.Append("http://hl7.org/fhir/StructureDefinition/" + type.Code))
            {
                if (profiles.Find(profile)?.Snapshot is { } root && Among(root, name) is { } found)
                {
                    return found;
                }
            }
        }

        return null;
    }

    private static SnapshotNode? Among(SnapshotNode node, string name)
    {
        var child = node.Children.Find(candidate => candidate.Name == name || candidate.Name == name + "[x]");

        // A choice with one slice is that slice: it has no other types.
        return child is { Slices.Count: 1 } && child.Name.EndsWith("[x]", StringComparison.Ordinal) ? child.Slices[0] : child;
    }

    /// <summary>An extension slice whose profile is not known is still told by the profile's URL, which is the extension's url.</summary>
    private static FhirElement? Url(ProfileShapes profiles, SnapshotNode? node) =>
        node is { Children.Count: 0 } && Array.Find(node.Types, type => type.Code == "Extension" && type.Profiles.Length > 0) is { } type && profiles.Find(type.Profiles[0]) is null
            ? FhirJsonReader.ReadJson(Encoding.UTF8.GetBytes($"\"{type.Profiles[0].Split('|')[0]}\"")).Root
            : null;

    private static string? Argument(string call, string function) =>
        call.StartsWith(function, StringComparison.Ordinal) && call.EndsWith(')') ? call[function.Length..^1].Trim('\'', '"', ' ') : null;

    /// <summary>Splits at dots that stand outside of brackets.</summary>
    private static List<string> Split(string path)
    {
        var steps = new List<string>();
        var depth = 0;
        var start = 0;
        for (var i = 0; i <= path.Length; i++)
        {
            if (i == path.Length || (path[i] == '.' && depth == 0))
            {
                steps.Add(path[start..i]);
                start = i + 1;
            }
            else
            {
                depth += path[i] switch { '(' => 1, ')' => -1, _ => 0 };
            }
        }

        return steps;
    }
}
