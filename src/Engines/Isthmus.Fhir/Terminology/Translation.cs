using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Terminology;

/// <summary>One target of a concept map.</summary>
/// <param name="Equivalence">R4's word: <c>equivalent</c>, <c>wider</c>, <c>narrower</c>, …; turned round for a reverse translation.</param>
/// <param name="Map">The canonical of the concept map it stands in.</param>
public sealed record TranslatedCode(string? System, string Code, string? Display, string Equivalence, string Map);

/// <summary>What to translate.</summary>
public sealed record TranslationRequest(string System, string Code)
{
    /// <summary>The concept map; null for every map with a group from this system.</summary>
    public string? Map { get; init; }

    /// <summary>Only targets of this code system.</summary>
    public string? Target { get; init; }

    /// <summary>From the maps' targets to their sources.</summary>
    public bool Reverse { get; init; }
}

/// <summary>FHIR R4 <c>ConceptMap/$translate</c>.</summary>
/// <param name="Result">Yes if there is a match, no if maps exist and none has it, unknown if there is no such map.</param>
public sealed record Translation(Membership Result, IReadOnlyList<TranslatedCode> Matches, IReadOnlyList<TerminologyFinding> Findings)
{
    public static Translation Of(TerminologySet terminology, TranslationRequest request)
    {
        var work = new Work(terminology, request);
        return work.Run();
    }

    private sealed class Work(TerminologySet terminology, TranslationRequest request)
    {
        private readonly List<TranslatedCode> matches = [];
        private readonly List<TerminologyFinding> findings = [];
        private readonly HashSet<string> seen = new(StringComparer.Ordinal);
        private bool isUnknown;

        public Translation Run()
        {
            if (request.Map is { } map)
            {
                InMap(map);
            }
            else
            {
                var maps = terminology.Definitions.All("ConceptMap").Where(HasGroup).Select(resource => resource["url"u8].AsString()!).ToList();
                isUnknown = maps.Count == 0;
                maps.ForEach(InMap);
            }

            return new Translation(matches.Count > 0 ? Membership.Yes : isUnknown ? Membership.Unknown : Membership.No, matches, findings);
        }

        private bool HasGroup(FhirElement map)
        {
            foreach (var group in map["group"u8])
            {
                // A map found by searching must name the system it is from.
                if (group[request.Reverse ? "target"u8 : "source"u8].Exists && Concerns(group))
                {
                    return true;
                }
            }

            return false;
        }

        private bool Concerns(FhirElement group) =>
            IsOrAbsent(group[request.Reverse ? "target"u8 : "source"u8], request.System)
            && (request.Target is null || IsOrAbsent(group[request.Reverse ? "source"u8 : "target"u8], request.Target));

        private static bool IsOrAbsent(FhirElement element, string text) => element.AsString() is not { } own || own == text;

        private void InMap(string canonical)
        {
            if (!seen.Add(canonical))
            {
                findings.Add(TerminologyRules.MapCycle.At(canonical));
                return;
            }

            var map = terminology.Definitions.Find(canonical);
            if (!map["resourceType"u8].TextEquals("ConceptMap"u8))
            {
                isUnknown = true;
                findings.Add(TerminologyRules.MapUnknown.At(canonical));
                return;
            }

            foreach (var group in map["group"u8])
            {
                if (Concerns(group) && !InGroup(group, canonical) && !request.Reverse)
                {
                    Unmapped(group, canonical);
                }
            }
        }

        /// <summary>Whether the group names the code at all, be it to say that there is no match.</summary>
        private bool InGroup(FhirElement group, string map)
        {
            var named = false;
            foreach (var element in group["element"u8])
            {
                foreach (var target in element["target"u8])
                {
                    var (from, to) = request.Reverse ? (target, element) : (element, target);
                    if (from["code"u8].AsString() != request.Code)
                    {
                        continue;
                    }

                    named = true;
                    var equivalence = target["equivalence"u8].AsString() ?? "equivalent";
                    if (equivalence is not ("unmatched" or "disjoint") && to["code"u8].AsString() is { } code)
                    {
                        matches.Add(new TranslatedCode(
                            group[request.Reverse ? "source"u8 : "target"u8].AsString(), code, to["display"u8].AsString(), request.Reverse ? Turned(equivalence) : equivalence, map));
                    }
                }
            }

            return named;
        }

        private void Unmapped(FhirElement group, string map)
        {
            var unmapped = group["unmapped"u8];
            var target = group["target"u8].AsString();
            switch (unmapped["mode"u8].AsString())
            {
                case "provided":
                    matches.Add(new TranslatedCode(target, request.Code, null, "equivalent", map));
                    break;
                case "fixed" when unmapped["code"u8].AsString() is { } code:
                    matches.Add(new TranslatedCode(target, code, unmapped["display"u8].AsString(), "inexact", map));
                    break;
                case "other-map" when unmapped["url"u8].AsString() is { } other:
                    InMap(other);
                    break;
            }
        }

        private static string Turned(string equivalence) => equivalence switch
        {
            "wider" => "narrower",
            "narrower" => "wider",
            "subsumes" => "specializes",
            "specializes" => "subsumes",
            _ => equivalence,
        };
    }
}
