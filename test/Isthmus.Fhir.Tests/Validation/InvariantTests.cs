using System.Text;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;
using Isthmus.Fhir.Paths;
using Isthmus.Fhir.Validation.Invariants;
using Isthmus.Fhir.Validation.References;
using Isthmus.Fhir.Validation.Shapes;
using Isthmus.Fhir.Validation.Walk;

namespace Isthmus.Fhir.Tests.Validation;

/// <summary>Invariants that are not left to FHIRPath answer as FHIRPath would.</summary>
public sealed class InvariantTests
{
    private static readonly ValidationGround Ground = new(DefinitionSet.R4);

    /// <summary>Resources that between them hold and break the invariants that have code of their own.</summary>
    public static TheoryData<string> Resources =>
    [
        """{"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">a</div>"},"contact":[{"gender":"male"}]}""",
        """{"resourceType":"Patient","contact":[{"name":{"family":"A"}}],"telecom":[{"value":"1"},{"system":"phone","value":"1"},{"_value":{"id":"a"}}]}""",
        """{"resourceType":"Patient","identifier":[{"period":{"start":"2020-01-01","end":"2019-01-01"}},{"period":{"start":"2020-01-01","end":"2020-01-01"}},{"period":{"start":"2020"}}]}""",
        """{"resourceType":"Encounter","period":{"start":"2020-01-01T10:00:00Z","end":"2020-01-01T09:00:00Z"}}""",
        """{"resourceType":"Encounter","period":{"start":"2020-01-01T10:00:00Z","end":"2020-01-01T12:00:00+05:00"}}""",
        """{"resourceType":"Patient","managingOrganization":{"reference":"#a"},"contained":[{"resourceType":"Organization","id":"a","name":"A"}]}""",
        """{"resourceType":"Patient","managingOrganization":{"reference":"#b"},"contained":[{"resourceType":"Organization","id":"a","name":"A"}]}""",
        """{"resourceType":"Patient","contained":[{"resourceType":"Observation","id":"a","subject":{"reference":"#"}}]}""",
        """{"resourceType":"Patient","managingOrganization":{"reference":"#a"},"contained":[{"resourceType":"Organization","id":"a","meta":{"versionId":"1","lastUpdated":"2020-01-01T00:00:00Z","security":[{"code":"R"}]},"contained":[{"resourceType":"Patient","id":"x"}]}]}""",
        """{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:a"},{"fullUrl":"urn:a"},{"fullUrl":"http://a/_history/1"},{"request":{"method":"GET"}}]}""",
        """{"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:a","request":{"method":"GET"}},{"fullUrl":"urn:b","resource":{"resourceType":"Patient"}}]}""",
        """{"resourceType":"Bundle","type":"history","entry":[{"fullUrl":"urn:a","request":{"method":"GET"},"response":{"status":"200"}},{"fullUrl":"urn:a"}]}""",
        """{"resourceType":"Bundle","type":"batch-response","entry":[{"response":{"status":"200"}}]}""",
        """{"resourceType":"Observation","valueQuantity":{"code":"g"},"dataAbsentReason":{"text":"a"},"referenceRange":[{"type":{"text":"a"}},{"low":{"value":1}}]}""",
        """{"resourceType":"Media","content":{"data":"YQ=="}}""",
    ];

    [Theory]
    [MemberData(nameof(Resources))]
    public void What_has_code_of_its_own_answers_as_FHIRPath(string json)
    {
        var root = FhirJsonReader.Read(Encoding.UTF8.GetBytes(json)).Root;
        var asked = 0;
        Walk(root, Ground.Types.Type(root.ResourceType!).Root, Ground.Types.Type(root.ResourceType!).Invariants, root.ResourceType!, root, root, ref asked);

        Assert.True(asked > 0);
    }

    [Fact]
    public void Every_expression_with_code_of_its_own_is_one_of_R4()
    {
        var known = DefinitionSet.R4.All("StructureDefinition")
            .SelectMany(structure => Items(structure["snapshot"u8]["element"u8]).SelectMany(element => Items(element["constraint"u8])))
            .Select(constraint => constraint["expression"u8].AsString())
            .ToHashSet(StringComparer.Ordinal);

        Assert.All(NativeRules.Expressions, expression => Assert.Contains(expression, known));
    }

    private static void Walk(FhirElement focus, ElementShape content, CompiledInvariant[] invariants, string type, FhirElement resource, FhirElement container, ref int asked)
    {
        foreach (var invariant in invariants)
        {
            asked += Compare(focus, invariant, type, resource, container) ? 1 : 0;
        }

        foreach (var child in focus)
        {
            if (child.IsSibling || FhirNames.IdOf(child.Name) is var name && (name < 0 || content.Find(name) is null))
            {
                continue;
            }

            var property = content.Find(FhirNames.IdOf(child.Name))!;
            foreach (var item in child.Kind == FhirKind.Array ? Items(child) : [child])
            {
                if (item.Kind != FhirKind.Object)
                {
                    continue;
                }

                if (item.ResourceType is { } inner)
                {
                    var shape = Ground.Types.Type(inner);
                    Walk(item, shape.Root, shape.Invariants, inner, item, child.Name.SequenceEqual("contained"u8) ? resource : item, ref asked);
                }
                else
                {
                    Walk(item, property.Content, property.Invariants, property.TypeName, resource, container, ref asked);
                }
            }
        }
    }

    private static bool Compare(FhirElement focus, CompiledInvariant invariant, string type, FhirElement resource, FhirElement container)
    {
        bool? own = invariant.Answer switch
        {
            InvariantAnswer.Presence => invariant.Presence!.Holds(focus.Tape!, focus.Index),
            InvariantAnswer.Native => NativeRules.Holds(invariant.Native, focus.Tape!, focus.Index, new ReferenceTargets(focus.Tape!)),
            _ => null,
        };

        // "#" alone refers to the container (FHIR R4 references.html#contained), which the expression of ref-1 forgets.
        if (own is null || (invariant.Native == NativeRule.ReferenceToContained && focus["reference"u8].TextEquals("#"u8)))
        {
            return false;
        }

        var path = invariant.Path!.IsTrue(focus, focus.ResourceType is null ? type : null, resource, container, null, out _);
        Assert.True(own.Value == (path == PathTruth.True), $"{invariant.Shape.Key} on {type}: {own} here, {path} in FHIRPath");
        return true;
    }

    private static IEnumerable<FhirElement> Items(FhirElement array)
    {
        for (var item = array.FirstChild; item.Exists; item = item.Next)
        {
            yield return item;
        }
    }
}
