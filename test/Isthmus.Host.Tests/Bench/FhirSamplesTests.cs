using Isthmus.Fhir.Json;
using Isthmus.Host.Bench;

namespace Isthmus.Host.Tests.Bench;

public sealed class FhirSamplesTests
{
    [Fact]
    public void Samples_are_resources_of_the_sizes_that_figures_are_published_for()
    {
        var samples = FhirSamples.Create();

        Assert.All([.. samples.Patients, .. samples.Observations, .. samples.Bundles, .. samples.UsCorePatients], sample => Assert.Null(FhirJsonReader.Read(sample).Fault));
        Assert.InRange(FhirSamples.Size(samples.Patients), 3100, 3300);
        Assert.InRange(FhirSamples.Size(samples.Observations), 1800, 2000);
        Assert.InRange(FhirSamples.Size(samples.Bundles), 138_000, 144_000);
        Assert.All(samples.Bundles, bundle => Assert.Equal(50, FhirJsonReader.Read(bundle).Root["entry"].Count));
    }
}
