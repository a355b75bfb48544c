using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Json;
using Isthmus.Fhir.Search;
using Isthmus.Fhir.Validation;
using Isthmus.Testing;

namespace Isthmus.Fhir.Tests;

/// <summary>Whatever a resource looks like, the engine answers with findings and values and never with an exception.</summary>
public sealed class HostileResourceTests
{
    [Fact]
    public void Random_resources_are_validated_and_indexed() => Resources(seed: 1, rounds: 300);

    [LongFact]
    public void Many_random_resources_are_validated_and_indexed() => Resources(seed: 2, rounds: 20_000);

    private static void Resources(int seed, int rounds)
    {
        var resources = new RandomResource(seed);
        var validator = FhirValidator.For(DefinitionSet.R4);
        var index = SearchIndex.Of(DefinitionSet.R4);
        var values = new List<SearchValue>();
        long found = 0, indexed = 0;
        for (var round = 0; round < rounds; round++)
        {
            var json = resources.Next();
            try
            {
                var resource = FhirJsonReader.Read(json).Root;
                found += validator.Validate(json).Findings.Count;
                values.Clear();
                index.Extract(resource, TimeSpan.Zero, values);
                indexed += values.Count + values.OfType<QuantityValue>().Count(quantity => quantity.Canonical() is not null);
            }
            catch (Exception exception)
            {
                Assert.Fail($"seed {seed}, round {round}: {exception}\n{System.Text.Encoding.UTF8.GetString(json)[..Math.Min(json.Length, 2000)]}");
            }
        }

        Assert.True(found > rounds && indexed > rounds);
    }
}
