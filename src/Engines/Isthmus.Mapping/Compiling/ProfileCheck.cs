using Isthmus.Fhir.Schema;
using Isthmus.Mapping.Language;

namespace Isthmus.Mapping.Compiling;

/// <summary>A map that names a profile writes only what the profile has.</summary>
internal static class ProfileCheck
{
    public static void Check(MapScope scope, MapText map, ElementRules elements)
    {
        if (map.Profile is not { } profile)
        {
            return;
        }

        if (elements.TypeOfProfile(profile) is not { } type || type != map.Type)
        {
            scope.Fault(map.Place, MapRules.Profile, $"'{profile}' is no profile of {map.Type} among the definitions.");
            return;
        }

        foreach (var rule in map.Rules)
        {
            if (TargetPath.Parse(rule.To) is { } path && RuledOut(map, path, profile, elements) is { } element)
            {
                scope.Fault(rule.Place, MapRules.Profile, $"{profile} has no '{element}'.");
            }
        }
    }

    /// <summary>The first element of a path that the profile does not have; a datatype's own elements are the datatype's matter.</summary>
    private static string? RuledOut(MapText map, TargetPath target, string profile, ElementRules elements)
    {
        var path = map.Type;
        var type = FhirSchema.R4.Type(map.Type);
        foreach (var step in target.Steps)
        {
            if (type?.Element(step.Name) is not { } element)
            {
                return null;
            }

            path += "." + (element.Choice is { } choice ? choice + "[x]" : step.Name);
            if (elements.IsRuledOut(profile, path))
            {
                return path;
            }

            type = FhirSchema.R4.Type(element.Type);
            if (type?.Name != path)
            {
                return null;
            }
        }

        return null;
    }
}
