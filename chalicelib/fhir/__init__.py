"""FHIR R4 Questionnaire and QuestionnaireResponse: how questions and answers are kept and exchanged. Pure."""
