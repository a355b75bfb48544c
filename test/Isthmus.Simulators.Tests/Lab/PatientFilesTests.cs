using System.Text;
using Isthmus.Simulators.Lab;

namespace Isthmus.Simulators.Tests.Lab;

public sealed class PatientFilesTests
{
    private static readonly SyntheticPatient Patient = new() { Number = 1, Mrn = "M1", Assigner = "ST_ELSEWHERE", Family = "Quillfeather", Given = "Oriel", Sex = 'F' };

    [Fact]
    public void What_is_not_known_of_a_patient_is_left_out()
    {
        SyntheticPatient[] patients =
        [
            Patient, Patient with { Street = "1 Lane" }, Patient with { Street = "1 Lane", City = "Salem" }, Patient with { Street = "1 Lane", State = "MA" },
            Patient with { Street = "1 Lane", PostalCode = "01970" }, .. SyntheticPopulation.Create(seed: 1, count: 2000),
        ];

        Assert.All(patients, patient => Assert.DoesNotContain("null", Encoding.UTF8.GetString(PatientFiles.ToFhir(patient, "urn:mrn")), StringComparison.Ordinal));
    }
}
