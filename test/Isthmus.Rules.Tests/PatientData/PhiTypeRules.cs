using System.Reflection;
using System.Runtime.CompilerServices;

namespace Isthmus.Rules.Tests.PatientData;

/// <summary>A type that carries patient data shows nothing of it when it is turned into text.</summary>
public sealed class PhiTypeRules
{
    [Fact]
    public void Patient_data_has_types() => Assert.NotEmpty(PhiTypes.All);

    [Fact]
    public void A_type_with_patient_data_says_itself_what_its_text_is()
    {
        var faults = PhiTypes.All
            .Where(type => type is { IsInterface: false, IsByRefLike: false } && !(type.IsAbstract && type.IsSealed))
            .Where(type => type.GetMethod(nameof(ToString), BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly, Type.EmptyTypes) is not { } own
                || own.GetCustomAttribute<CompilerGeneratedAttribute>() is not null)
            .Select(type => type.FullName!);

        Faults.AreNone(faults);
    }

    [Fact]
    public void No_type_turns_into_text_by_printing_patient_data_it_holds_as_plain_bytes()
    {
        // The compiler writes ToString for a record and prints every public member. Bytes show only their type
        // name there, but characters in memory would be printed in full.
        var faults = Product.Assemblies.SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly) is not null)
            .Where(type => type.GetMethod(nameof(ToString), Type.EmptyTypes)!.GetCustomAttribute<CompilerGeneratedAttribute>() is not null)
            .SelectMany(type => type.GetProperties()
                .Where(property => property.PropertyType == typeof(ReadOnlyMemory<char>) || property.PropertyType == typeof(Memory<char>))
                .Select(property => $"{type.FullName}.{property.Name}"));

        Faults.AreNone(faults);
    }
}
