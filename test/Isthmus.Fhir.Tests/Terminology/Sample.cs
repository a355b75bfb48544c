using System.Text;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Json;
using Isthmus.Fhir.Terminology;

namespace Isthmus.Fhir.Tests.Terminology;

/// <summary>Terminologies made for a test, laid over R4.</summary>
internal static class Sample
{
    public const string System = "http://sample.example/animals";

    /// <summary>animal > (mammal > (dog, cat), bird > (owl, parrot)); owl is also nocturnal, by property.</summary>
    public const string Animals = """
        {"resourceType":"CodeSystem","url":"http://sample.example/animals","version":"2","name":"Animals","status":"active","content":"complete","hierarchyMeaning":"is-a",
         "property":[{"code":"legs","type":"integer"},{"code":"parent","uri":"http://hl7.org/fhir/concept-properties#parent","type":"code"}],
         "concept":[{"code":"animal","display":"Animal","property":[{"code":"notSelectable","valueBoolean":true}],"concept":[
           {"code":"mammal","display":"Mammal","concept":[
             {"code":"dog","display":"Dog","definition":"Barks","property":[{"code":"legs","valueInteger":4}],"designation":[{"language":"de","value":"Hund"}]},
             {"code":"cat","display":"Cat","property":[{"code":"legs","valueInteger":4},{"code":"status","valueCode":"retired"}]}]},
           {"code":"bird","display":"Bird","concept":[
             {"code":"owl","display":"Owl","property":[{"code":"legs","valueInteger":2},{"code":"parent","valueCode":"nocturnal"}]},
             {"code":"parrot","display":"Parrot","property":[{"code":"legs","valueInteger":2}]}]}]},
          {"code":"nocturnal","display":"Nocturnal"}]}
        """;

    public static TerminologySet With(params string[] resources) =>
        TerminologySet.Of(DefinitionSet.R4.With(DefinitionPackage.Of("sample", "1.0.0", resources.Select(json => FhirJsonReader.Read(Encoding.UTF8.GetBytes(json)).Root.Tape!))));

    public static string ValueSet(string name, string compose, string more = "") =>
        $$"""{"resourceType":"ValueSet","url":"{{Url(name)}}","status":"active","compose":{{compose}}{{more}}}""";

    public static string Url(string name) => "http://sample.example/vs/" + name;

    /// <summary>The codes of a value set that is made of this one composition.</summary>
    public static IEnumerable<string> Codes(string compose, params string[] others)
    {
        var terminology = With([Animals, ValueSet("it", compose), .. others]);
        return Expansion.Of(terminology, terminology.ValueSet(Url("it")), new ExpansionRequest()).Codes.Select(code => code.Code);
    }

    public static Membership Has(this CompiledValueSet set, string system, string code) => set.Contains(Encoding.UTF8.GetBytes(system), Encoding.UTF8.GetBytes(code));
}
