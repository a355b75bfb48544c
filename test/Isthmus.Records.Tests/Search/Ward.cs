using System.Globalization;
using Isthmus.Exchange;
using Isthmus.Fhir.Json;
using Isthmus.Fhir.Search;
using Isthmus.Fhir.Search.Query;
using Isthmus.Records.Facts;
using Isthmus.Records.Read;

namespace Isthmus.Records.Tests.Search;

/// <summary>Invented patients with their results, on record and in memory.</summary>
internal sealed class Ward
{
    private static readonly string[] Families = ["Fairweather", "Fairley", "Quillfeather", "Müller", "O'Osier"];
    private static readonly string[] Codes = ["2823-3", "2951-2", "718-7"];
    private static readonly string[] States = ["final", "amended", "preliminary"];

    private const string Laboratory = """ "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}], """;

    private static readonly SemaphoreSlim Once = new(1);
    private static Ward? only;

    private readonly List<ResourceDraft> all = [];

    private Ward()
    {
    }

    public List<Guid> Patients { get; } = [];

    public Guid AnObservation { get; private set; }

    public Guid AnEncounter { get; private set; }

    /// <summary>The ward that the tests of a store share.</summary>
    public static async Task<Ward> InAsync(SharedRecords records)
    {
        await Once.WaitAsync();
        try
        {
            if (only is null)
            {
                var ward = new Ward();
                await ward.AdmitAsync(records, new Random(1));
                only = ward;
            }

            return only;
        }
        finally
        {
            Once.Release();
        }
    }

    public bool Has(StoredResource found) => all.Exists(r => r.Id == found.Id && r.Type == found.Type);

    /// <summary>What fits, by looking at every resource.</summary>
    public List<string> Fitting(SearchQuery query, SearchMatch match) =>
    [
        .. all.Where(r => r.Type == query.Type).Where(r =>
        {
            var values = new List<SearchValue>();
            FactParameters.Index.Extract(r.Root, TimeSpan.Zero, values);
            return query.Criteria.All(c => match.Fits(c, values));
        }).Select(r => $"{r.Type}/{r.Id}"),
    ];

    /// <summary>Some search that somebody might make, with conditions that fit and such that do not.</summary>
    public (string Type, string Search) AnySearch(Random random)
    {
        string[] observation =
        [
            $"patient={Any(Patients, random)}", $"subject=Patient/{Any(Patients, random)},Patient/{Any(Patients, random)}", $"code={Any(Codes, random)}", $"code=http://loinc.org|{Any(Codes, random)}",
            $"code=|{Any(Codes, random)}", $"status={Any(States, random)}", $"status:not={Any(States, random)},final", $"date=ge2026-03-{random.Next(1, 9):00}", $"date=lt2026-03-{random.Next(1, 9):00}T12:00:00Z",
            $"date=ne2026-03-{random.Next(1, 9):00}", $"date=2026-03-{random.Next(1, 9):00}", $"value-quantity={Any(["gt", "le", "", "ne", "ap"], random)}{random.Next(1, 9)}", "encounter:missing=true", "encounter:missing=false",
            $"code-value-quantity={Any(Codes, random)}$gt{random.Next(1, 9)}", "category=laboratory", "category:not=laboratory", $"encounter={AnEncounter}", "subject:identifier=x|y", "code:text=pota",
        ];
        string[] patient =
        [
            $"identifier=M{random.Next(12)}", $"identifier=urn:mrn|M{random.Next(12)}", $"family={Any(Families, random)}", $"family={Any(Families, random)[..2]}", $"name:contains={Any(Families, random)[2..4]}",
            $"birthdate=196{random.Next(4)}", $"birthdate=ge196{random.Next(4)}", $"birthdate=1961-04-0{random.Next(1, 9)}", "gender=male", "gender:not=male", "given=zoe", "active=true", "active:missing=true", "general-practitioner:missing=false",
        ];
        var isPatient = random.Next(3) == 0;
        var from = isPatient ? patient : observation;
        return (isPatient ? "Patient" : "Observation", string.Join('&', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Any(from, random))));
    }

    private static T Any<T>(IReadOnlyList<T> from, Random random) => from[random.Next(from.Count)];

    private async Task AdmitAsync(SharedRecords records, Random random)
    {
        var doctor = Guid.NewGuid();
        var practitioner = Drafts.Of("Practitioner", doctor, $$"""{"resourceType":"Practitioner","id":"{{doctor}}","name":[{"family":"Osier"}]}""");
        all.Add(practitioner);
        for (var p = 0; p < 12; p++)
        {
            var id = Guid.NewGuid();
            Patients.Add(id);
            var patient = Drafts.Of("Patient", id, $$"""
                {"resourceType":"Patient","id":"{{id}}","identifier":[{"system":"urn:mrn","value":"M{{p}}"}],{{(p % 2 == 0 ? "\"active\":true," : "")}}
                 "name":[{"family":"{{Families[p % Families.Length]}}","given":["{{(p % 3 == 0 ? "Zoë" : "Oriel")}}"]}],"gender":"{{(p % 2 == 0 ? "male" : "female")}}","birthDate":"196{{p % 4}}-04-0{{1 + (p % 8)}}",
                 "generalPractitioner":[{"reference":"Practitioner/{{doctor}}"}]}
                """);
            var visit = Guid.NewGuid();
            var encounter = Drafts.Of("Encounter", visit, $$"""{"resourceType":"Encounter","id":"{{visit}}","status":"finished","class":{"code":"IMP"},"subject":{"reference":"Patient/{{id}}"} }""");
            AnEncounter = p == 3 ? visit : AnEncounter;
            ResourceDraft[] first = p == 0 ? [practitioner, patient, encounter] : [patient, encounter];
            all.AddRange(first.Where(r => r != practitioner));
            await records.CommitAsync((SharedRecords.NewMessage(), new PersonId(id), first));
            for (var message = 0; message < 4; message++)
            {
                ResourceDraft[] results = [.. Enumerable.Range(0, 3).Select(i => Result(random, id, i == 0 ? visit : null))];
                AnObservation = p == 3 ? results[0].Id : AnObservation;
                all.AddRange(results);

                // The patient and the encounter come again with every message, and bring nothing new.
                await records.CommitAsync((SharedRecords.NewMessage(), new PersonId(id), [patient, encounter, .. results]));
            }
        }
    }

    private static ResourceDraft Result(Random random, Guid patient, Guid? encounter)
    {
        var id = Guid.NewGuid();
        var value = Math.Round((decimal)random.NextDouble() * 10, 1).ToString(CultureInfo.InvariantCulture);
        return Drafts.Of("Observation", id, $$"""
            {"resourceType":"Observation","id":"{{id}}","status":"{{Any(States, random)}}",{{(random.Next(2) == 0 ? Laboratory : "")}}
             "code":{"coding":[{{{(random.Next(4) == 0 ? "" : "\"system\":\"http://loinc.org\",")}}"code":"{{Any(Codes, random)}}","display":"Potassium"}]},"subject":{"reference":"Patient/{{patient}}"},
             {{(encounter is null ? "" : $"\"encounter\":{{\"reference\":\"Encounter/{encounter}\"}},")}}"effectiveDateTime":"2026-03-0{{random.Next(1, 9)}}{{(random.Next(3) == 0 ? "" : "T0" + random.Next(10) + ":30:00Z")}}",
             "valueQuantity":{"value":{{value}},"unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"} }
            """);
    }
}
