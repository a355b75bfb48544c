using System.Globalization;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Validation.Findings;
using Isthmus.Fhir.Validation.References;
using Isthmus.Fhir.Validation.Shapes;

namespace Isthmus.Fhir.Validation.Profiles;

/// <summary>
/// Checks what profiles demand beyond the types. One object per validation: it remembers which resource was already checked
/// against which profile, so that resources that refer to each other in circles are checked once.
/// </summary>
internal sealed class ProfileCheck
{
    /// <summary>Profiles that demand profiles of what they refer to: deeper than this nobody has meant it.</summary>
    private const int MostDepth = 24;

    private readonly ProfileShapes profiles;
    private readonly FhirTape tape;
    private readonly FindingLog log;
    private readonly ElementChecks checks;
    private readonly SliceCheck slices;
    private readonly HashSet<(int Node, string Profile)> reported = [];
    private readonly Dictionary<(int Node, string Profile), string?> tried = [];
    private int depth;

    public ProfileCheck(ProfileShapes profiles, FhirTape tape, FindingLog log, ReferenceTargets targets, ElementChecks checks)
    {
        this.profiles = profiles;
        this.tape = tape;
        this.log = log;
        this.checks = checks;
        slices = new SliceCheck(tape, log, new SliceMatch(tape, targets, checks, this), this);
        Targets = new TargetCheck(profiles, tape, log, targets, this);
    }

    private TargetCheck Targets { get; }

    /// <summary>Reports what a resource or a value lacks of a profile; each profile once per node.</summary>
    public void Check(ElementItem item, string canonical)
    {
        if (!reported.Add((item.Place, canonical)))
        {
            return;
        }

        if (profiles.Find(canonical) is not { } profile)
        {
            log.Add(ProfileRules.Unknown, item.Place);
            return;
        }

        Check(item, profile);
    }

    public void Check(ElementItem item, ProfileShape profile)
    {
        if (!profiles.Types.IsA(item.Type, profile.Type))
        {
            log.Add(StructureRules.WrongResource, item.Place, profile.Type);
            return;
        }

        if (profile.Content is null)
        {
            return;
        }

        if (depth >= MostDepth)
        {
            log.Add(LimitRules.Conformance, item.Place);
            return;
        }

        var outer = log.Profile;
        log.Profile = profile.Url;
        depth++;
        Value(item, profile.Content);
        depth--;
        log.Profile = outer;
    }

    public bool Knows(string canonical) => profiles.Find(canonical) is not null;

    /// <summary>Why an item does not fulfil a profile; null if it does, or if the profile is not known.</summary>
    public string? WhyNot(ElementItem item, string canonical)
    {
        if (tried.TryGetValue((item.Place, canonical), out var known))
        {
            return known;
        }

        // While it is being found out, what refers back to it is taken to be right.
        tried[(item.Place, canonical)] = null;
        if (profiles.Find(canonical) is not { } profile)
        {
            return null;
        }

        log.BeginTrial();
        Check(item, profile);
        return tried[(item.Place, canonical)] = log.EndTrial();
    }

    /// <summary>Everything that is demanded of a value that is there.</summary>
    public void Value(ElementItem item, ConstraintShape shape)
    {
        if (log.Full || (shape.Types is not null && !OfAllowedType(item, shape)))
        {
            return;
        }

        checks.Check(item, shape);
        foreach (var child in shape.Children)
        {
            Element(item, child);
        }
    }

    private void Element(ElementItem parent, ConstraintShape shape)
    {
        var holder = parent.Holder(tape);
        if (shape.Slicing is not null)
        {
            Count(parent, shape, slices.Check(parent, holder, shape));
            return;
        }

        var count = 0;
        var constrains = shape.ConstrainsValue;
        var items = new ItemCursor(tape, holder, shape.Names, shape.TypeOfName);
        while (items.MoveNext())
        {
            count++;
            if (constrains)
            {
                Value(items.Current, shape);
            }
        }

        Count(parent, shape, count);
    }

    private void Count(ElementItem parent, ConstraintShape shape, int count)
    {
        if (count < shape.Min)
        {
            log.Add(StructureRules.TooFew, parent.Place, shape.Label, Text(shape.Min), Text(count));
        }
        else if (count > shape.Max)
        {
            log.Add(StructureRules.TooMany, parent.Place, shape.Label, Text(shape.Max), Text(count));
        }
    }

    /// <summary>Whether the type is one the profile allows; then the type's own profiles and targets are checked as well.</summary>
    private bool OfAllowedType(ElementItem item, ConstraintShape shape)
    {
        var type = item.Value >= 0 && ResourceTree.TypeOf(tape, item.Value) is { IsEmpty: false } resource && profiles.Types.Resource(resource) is { } known ? known.Name : item.Type;
        var use = UseOf(type, shape.Types!);
        if (use is null)
        {
            var property = tape.Nodes[item.Place].Parent is >= 0 and var parent && tape.Nodes[parent].Kind == FhirKind.Array ? parent : item.Place;
            log.AddWithin(ProfileRules.TypeNotAllowed, tape.Nodes[property].Parent, item.Place, shape.Label, type, string.Join(", ", shape.Types!.Select(candidate => candidate.Code)));
            return false;
        }

        if (use.Profiles.Length > 0)
        {
            AnyProfile(item with { Type = type }, use, shape);
        }

        if (use.Targets.Length > 0 || use.Aggregation.Length > 0)
        {
            Targets.Check(item, use, shape.Label);
        }

        return true;
    }

    private TypeUse? UseOf(string type, TypeUse[] uses)
    {
        TypeUse? derived = null;
        foreach (var use in uses)
        {
            // A backbone element is a type by its path and is called so by none.
            if (use.Code == type || use.Code is "BackboneElement" or "Element")
            {
                return use;
            }

            derived ??= profiles.Types.IsA(type, use.Code) ? use : null;
        }

        return derived;
    }

    private void AnyProfile(ElementItem item, TypeUse use, ConstraintShape shape)
    {
        if (use.Code == "Extension")
        {
            // Every extension is checked against the definition its url names, wherever it stands.
            return;
        }

        if (use.Profiles.Length == 1)
        {
            Check(item, use.Profiles[0]);
            return;
        }

        string? nearest = null;
        foreach (var profile in use.Profiles)
        {
            if (WhyNot(item, profile) is not { } reason)
            {
                return;
            }

            nearest ??= reason;
        }

        log.Add(ProfileRules.NoProfileFits, item.Place, shape.Label, string.Join(", ", use.Profiles), nearest);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
