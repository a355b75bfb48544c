using System.Text;
using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Validation.Shapes;

/// <summary>
/// Compiles how slices are told apart: each discriminator's path is followed through each slice's definition, into the
/// profiles of its types and the targets of its references, to what is fixed there (FHIR R4 profiling.html#discriminator).
/// </summary>
internal sealed class SlicingCompiler(ProfileShapes profiles)
{
    public SlicingShape Compile(SnapshotNode sliced, Func<SnapshotNode, ConstraintShape?> content)
    {
        var slicing = sliced.Definition["slicing"u8];
        var rules = slicing["rules"u8].AsString() switch { "closed" => SlicingRules.Closed, "openAtEnd" => SlicingRules.OpenAtEnd, _ => SlicingRules.Open };
        var discriminators = Discriminators(slicing, sliced);
        return new SlicingShape(rules, slicing["ordered"u8].AsBoolean() == true, [.. sliced.Slices.Select((slice, place) => Slice(slice, place, discriminators, content))]);
    }

    private SliceShape Slice(SnapshotNode slice, int place, (string Type, string Path)[] discriminators, Func<SnapshotNode, ConstraintShape?> content)
    {
        var tests = new List<SliceTest>();
        var decidable = discriminators.Length > 0;
        foreach (var (type, path) in discriminators)
        {
            var before = tests.Count;
            tests.AddRange(TestsOf(slice, place, type, path));
            decidable &= tests.Count > before;
        }

        return new SliceShape(slice.SliceName ?? "", slice.Min, slice.Max, [.. tests], content(slice), decidable);
    }

    /// <summary>A choice is sliced by its type, said or not.</summary>
    private static (string Type, string Path)[] Discriminators(FhirElement slicing, SnapshotNode sliced)
    {
        var found = new List<(string, string)>();
        foreach (var discriminator in slicing["discriminator"u8])
        {
            found.Add((discriminator["type"u8].AsString() ?? "value", discriminator["path"u8].AsString() ?? "$this"));
        }

        return found.Count == 0 && sliced.Name.EndsWith("[x]", StringComparison.Ordinal) ? [("type", "$this")] : [.. found];
    }

    private List<SliceTest> TestsOf(SnapshotNode slice, int place, string type, string path)
    {
        if (type == "position")
        {
            return [new SliceTest(SliceTestKind.Position, path, []) { Position = place }];
        }

        if (DiscriminatorPath.Follow(profiles, slice, path) is not { } end)
        {
            return [];
        }

        return type switch
        {
            "exists" => end.Definition is { Max: 0 } ? [new SliceTest(SliceTestKind.Absent, path, end.Steps)] : [new SliceTest(SliceTestKind.Exists, path, end.Steps)],
            "type" => TypesAt(end) is { Length: > 0 } types ? [new SliceTest(SliceTestKind.Type, path, end.Steps) { Any = types }] : [],
            "profile" => ProfilesAt(end) is { Length: > 0 } urls ? [new SliceTest(SliceTestKind.Profile, path, end.Steps) { Any = urls }] : [],
            _ => Values(end, path),
        };
    }

    private static string[] TypesAt(DiscriminatorEnd end) =>
        end.Resolved ? [.. end.Definition.Types.SelectMany(type => type.Targets).Select(TypeUse.NameOf)]
        : end.Definition.Types.Length > 0 ? [.. end.Definition.Types.Select(type => type.Code)]
        : end.Definition.Path.Contains('.', StringComparison.Ordinal) ? [] : [end.Definition.Path];

    private static string[] ProfilesAt(DiscriminatorEnd end) =>
        [.. end.Definition.Types.SelectMany(type => end.Resolved ? type.Targets : type.Profiles)];

    /// <summary>
    /// What is fixed at the path: the element itself, or else what is fixed below it, or else a required binding,
    /// or else whether it must be there.
    /// </summary>
    private static List<SliceTest> Values(DiscriminatorEnd end, string path)
    {
        var found = Fixed(end.Definition, end.Steps, path).ToList();
        if (found.Count > 0)
        {
            return found;
        }

        if (end.ExtensionUrl is { } url)
        {
            return [new SliceTest(SliceTestKind.Fixed, path, end.Steps) { Value = url }];
        }

        if (BindingShape.Of(end.Definition.Definition) is { Strength: BindingStrength.Required } binding)
        {
            return [new SliceTest(SliceTestKind.Binding, path, end.Steps) { Binding = binding }];
        }

        return end.Definition.SliceName is not null && end.Steps.Length == 0 ? []
            : end.Definition.Max == 0 ? [new SliceTest(SliceTestKind.Absent, path, end.Steps)]
            : end.Definition.Min > 0 ? [new SliceTest(SliceTestKind.Exists, path, end.Steps)]
            : [];
    }

    private static IEnumerable<SliceTest> Fixed(SnapshotNode node, PathStep[] steps, string path)
    {
        if (node.Choice("fixed"u8) is { Exists: true } value)
        {
            return [new SliceTest(SliceTestKind.Fixed, path, steps) { Value = value }];
        }

        if (node.Choice("pattern"u8) is { Exists: true } pattern)
        {
            return [new SliceTest(SliceTestKind.Pattern, path, steps) { Value = pattern }];
        }

        return node.Children.SelectMany(child => Fixed(child, [.. steps, DiscriminatorPath.StepTo(child)], $"{path}.{child.Name}"));
    }
}
